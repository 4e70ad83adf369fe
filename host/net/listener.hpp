#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "host/core/status.hpp"
#include "host/core/unique_fd.hpp"
#include "host/framing/framer.hpp"

namespace crawlhub {

class Workers;

struct ListenerOptions {
  std::string unix_path;  // absolute; empty: TCP
  std::string tcp;        // host:port
  std::uint32_t mode = 0660;
  std::optional<std::uint32_t> owner, group;
  int backlog = 511;
  FramingMode framing = FramingMode::kAuto;

  std::string name() const { return unix_path.empty() ? "tcp:" + tcp : "unix:" + unix_path; }
};

// A socket that listens, not yet accepted from. A stale Unix socket file is removed only if nobody listens on
// it; mode and owner are set before anybody can connect.
class ListeningSocket {
 public:
  static Result<ListeningSocket> open(const ListenerOptions& options);
  // Read-only: could open() succeed? For `crawlhub check`.
  static Status probe(const ListenerOptions& options);
  ListeningSocket(ListeningSocket&&) noexcept = default;
  ListeningSocket& operator=(ListeningSocket&&) noexcept = default;
  ~ListeningSocket();  // removes the socket file, if it is still ours

  int fd() const { return fd_.get(); }
  // The port that was bound, where the config says 0.
  std::uint16_t port() const { return port_; }

 private:
  ListeningSocket(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  UniqueFd fd_;
  std::string path_;  // of the socket file; empty: TCP
  std::uint64_t inode_ = 0;
  std::uint16_t port_ = 0;
};

// Accepts connections and hands them to the workers. Thread: that of io.
class Listener {
 public:
  Listener(boost::asio::io_context& io, ListenerOptions options, ListeningSocket socket, Workers& workers);
  void start();
  // No connection is accepted afterwards.
  void stop();
  std::uint16_t port() const { return socket_.port(); }
  std::string name() const { return options_.name(); }

 private:
  void await();
  void accept_all();
  void adopt(UniqueFd fd);

  const ListenerOptions options_;
  ListeningSocket socket_;
  boost::asio::posix::stream_descriptor descriptor_;
  boost::asio::steady_timer retry_;
  Workers& workers_;
};

}  // namespace crawlhub
