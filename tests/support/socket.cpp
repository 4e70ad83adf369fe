#include "tests/support/socket.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "host/core/clock.hpp"

namespace crawlhub::testing {

namespace {

template <class Address>
int connect_to(int family, const Address& address) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    ::close(fd);
    throw std::runtime_error("nobody listens there");
  }
  return fd;
}

}  // namespace

Socket Socket::unix_path(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  return Socket(connect_to(AF_UNIX, address));
}

Socket Socket::tcp(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return Socket(connect_to(AF_INET, address));
}

Socket::Socket(Socket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)), ended_(other.ended_) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
    buffer_ = std::move(other.buffer_);
    ended_ = other.ended_;
  }
  return *this;
}

Socket::~Socket() {
  if (fd_ >= 0) ::close(fd_);
}

void Socket::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw std::runtime_error("the peer is gone");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void Socket::send_message(const nlohmann::json& message, bool newline) {
  send(message.dump() + (newline ? "\n" : ""));
}

void Socket::end_of_output() {
  ::shutdown(fd_, SHUT_WR);
}

bool Socket::read_more(std::chrono::steady_clock::time_point deadline) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  pollfd wanted{fd_, POLLIN, 0};
  if (ended_ || ::poll(&wanted, 1, std::max<int>(0, static_cast<int>(left.count()))) <= 0) return false;
  char bytes[65536];
  const ssize_t n = ::recv(fd_, bytes, sizeof(bytes), 0);
  if (n <= 0) {
    ended_ = true;
    return false;
  }
  buffer_.append(bytes, static_cast<std::size_t>(n));
  return true;
}

std::optional<nlohmann::json> Socket::receive(std::chrono::milliseconds most) {
  const auto deadline = std::chrono::steady_clock::now() + most;
  while (true) {
    const std::size_t newline = buffer_.find('\n');
    if (newline != std::string::npos) {
      const std::string line = buffer_.substr(0, newline);
      buffer_.erase(0, newline + 1);
      return nlohmann::json::parse(line);
    }
    if (!read_more(deadline)) return std::nullopt;
  }
}

std::optional<nlohmann::json> Socket::receive_type(const std::string& type, std::chrono::milliseconds most) {
  const auto deadline = std::chrono::steady_clock::now() + most;
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    auto next = receive(std::max(left, std::chrono::milliseconds(0)));
    if (!next || (*next)["type"] == type) return next;
  }
}

bool Socket::closed(std::chrono::milliseconds most) {
  const auto deadline = std::chrono::steady_clock::now() + most;
  while (read_more(deadline)) {
  }
  return ended_;
}

nlohmann::json message(const std::string& type, nlohmann::json data, const std::string& job_id) {
  nlohmann::json made = {{"type", type}, {"timestamp", format_iso8601(wall_ns())}, {"data", std::move(data)}};
  if (!job_id.empty()) made["jobId"] = job_id;
  return made;
}

}  // namespace crawlhub::testing
