#pragma once

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <crawlhub/client/address.hpp>
#include <crawlhub/client/result.hpp>

namespace crawlhub::client {

/// Owns a file descriptor; movable, not copyable. Not thread-safe.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }

  int fd() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

namespace detail {

inline Failure failed(const std::string& what, int error) {
  return {what + ": " + std::strerror(error)};
}

/// Waits for a connect in progress; `cancel_fd` becoming readable gives up (-1: none).
inline int finish_connect(int fd, std::chrono::milliseconds timeout, int cancel_fd) {
  pollfd waits[2] = {{fd, POLLOUT, 0}, {cancel_fd, POLLIN, 0}};
  const int ready = ::poll(waits, 2, static_cast<int>(timeout.count()));
  if (ready < 0) return errno;
  if (ready == 0) return ETIMEDOUT;
  if (waits[0].revents == 0) return ECANCELED;
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

inline Result<Socket> connect_one(int family, const sockaddr* address, socklen_t size,
                                  const std::string& name, std::chrono::milliseconds timeout, int cancel_fd) {
  Socket socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return failed("cannot make a socket", errno);
  if (::connect(socket.fd(), address, size) != 0) {
    // On a Unix socket EAGAIN means that the listener's backlog is full: a later try may work.
    const int error = errno == EINPROGRESS ? finish_connect(socket.fd(), timeout, cancel_fd) : errno;
    if (error != 0) return failed("cannot connect to " + name, error);
  }
  return socket;
}

/// A peer that vanished without a word is noticed within about 30 s.
inline void tune_tcp(int fd) {
  const auto set = [fd](int level, int name, int value) {
    ::setsockopt(fd, level, name, &value, sizeof value);
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 15);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 30000);
}

inline Result<Socket> connect_tcp(const Address& to, std::chrono::milliseconds timeout, int cancel_fd) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string name = "tcp:" + to.host + ":" + to.port;
  if (const int error = ::getaddrinfo(to.host.c_str(), to.port.c_str(), &hints, &found); error != 0) {
    return Failure{"cannot resolve " + name + ": " + ::gai_strerror(error)};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, &::freeaddrinfo);
  Result<Socket> last = Failure{"cannot resolve " + name + ": no address"};
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    last = connect_one(entry->ai_family, entry->ai_addr, entry->ai_addrlen, name, timeout, cancel_fd);
    if (!last) continue;
    tune_tcp(last->fd());
    return last;
  }
  return last;
}

}  // namespace detail

/// Connects without blocking for longer than `timeout` (each address of a host name in turn; resolving comes
/// on top). `cancel_fd` becoming readable gives up at once (-1: none). The socket is non-blocking.
/// Thread-safe.
inline Result<Socket> connect_socket(const Address& to, std::chrono::milliseconds timeout,
                                     int cancel_fd = -1) {
  if (to.kind == Address::Kind::tcp) return detail::connect_tcp(to, timeout, cancel_fd);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, to.path.data(), std::min(to.path.size(), detail::kLongestSocketPath));
  return detail::connect_one(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address,
                             "unix:" + to.path, timeout, cancel_fd);
}

}  // namespace crawlhub::client
