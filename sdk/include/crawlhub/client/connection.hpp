#pragma once

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <poll.h>
#include <sys/socket.h>

#include <crawlhub/client/line_reader.hpp>
#include <crawlhub/client/socket.hpp>

namespace crawlhub::client {

/// One non-blocking connection: lines out, lines in, nothing kept. The lower level under `Client`, and all
/// that a load generator needs; combine it with `append_stamped` and `parse_ack`. Not thread-safe: one thread
/// at a time.
///
///   auto socket = connect_socket(*parse_address("unix:/run/hub.sock"), 5s);
///   Connection hub(std::move(*socket));
///   hub.queue("{\"type\":\"hello\",\"data\":{\"crawlerId\":\"c\",\"capabilities\":[\"acks\"]}}\n");
///   while (hub.flush() && hub.wait(1s))
///     hub.receive([&](std::string_view line) { if (auto ack = parse_ack(line)) done = ack->seq; });
class Connection {
 public:
  /// @param longest bytes that a line from the hub may have
  explicit Connection(Socket socket, std::size_t longest = 64 * 1024 * 1024)
      : socket_(std::move(socket)), in_(longest) {}

  int fd() const { return socket_.fd(); }

  /// Takes whole lines, each with its newline; `flush` sends them.
  void queue(std::string_view lines) { out_.append(lines); }

  /// The buffer of what is not yet sent, to append whole lines to in place. What is unsent stays before it.
  std::string& out() {
    if (sent_ > kCompactAt) {
      out_.erase(0, sent_);
      sent_ = 0;
    }
    return out_;
  }

  /// Bytes queued and not yet taken by the kernel.
  std::size_t unsent() const { return out_.size() - sent_; }

  /// Hands the kernel what it takes now; never blocks. @return false where the connection is lost (see
  /// `error`).
  bool flush() {
    while (unsent() > 0) {
      const ssize_t n = ::send(fd(), out_.data() + sent_, unsent(), MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return true;
      if (n < 0) return lose(std::strerror(errno));
      sent_ += static_cast<std::size_t>(n);
    }
    out_.clear();
    sent_ = 0;
    return true;
  }

  /// Reads what is there, at most a few chunks, and calls on_line(std::string_view) for each whole line;
  /// never blocks. The view is valid during the call. @return false where the connection is lost (see
  /// `error`).
  template <class OnLine>
  bool receive(OnLine&& on_line) {
    for (int chunk = 0; chunk < kChunksPerCall; ++chunk) {
      const auto space = in_.space();
      const ssize_t n = ::recv(fd(), space.data(), space.size(), 0);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return true;
      if (n < 0) return lose(std::strerror(errno));
      if (n == 0) return lose("closed by the hub");
      in_.added(static_cast<std::size_t>(n));
      for (std::string_view line; in_.next(line);) on_line(line);
      if (in_.too_long()) return lose("the hub sent a line longer than allowed");
      if (static_cast<std::size_t>(n) < space.size()) return true;
    }
    return true;
  }

  /// Waits until something can be read, or sent where something is unsent, or `timeout` (a negative one waits
  /// for ever) is over. @return false where poll failed.
  bool wait(std::chrono::milliseconds timeout) {
    pollfd waits{fd(), static_cast<short>(unsent() > 0 ? POLLIN | POLLOUT : POLLIN), 0};
    const int ready = ::poll(&waits, 1, static_cast<int>(timeout.count()));
    return ready >= 0 || errno == EINTR;
  }

  /// Why the connection was lost; empty while it lives.
  const std::string& error() const { return error_; }

 private:
  static constexpr std::size_t kCompactAt = 1024 * 1024;
  static constexpr int kChunksPerCall = 16;

  bool lose(std::string why) {
    error_ = std::move(why);
    return false;
  }

  Socket socket_;
  LineReader in_;
  std::string out_;
  std::size_t sent_ = 0;  // of out_
  std::string error_;
};

}  // namespace crawlhub::client
