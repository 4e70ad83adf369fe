#include "host/net/listener.hpp"

#include <cerrno>
#include <chrono>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/net/workers.hpp"

namespace crawlhub {

namespace {

constexpr int kKeepaliveSeconds = 15;
// Out of file descriptors: those waiting in the backlog are tried again after this.
constexpr std::chrono::milliseconds kRetry{100};

void set_option(int fd, int level, int name, int value) {
  ::setsockopt(fd, level, name, &value, sizeof(value));
}

// A half-open connection must not hold jobs: the kernel asks after the peer.
void prepare_tcp(int fd) {
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, kKeepaliveSeconds);
  set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, kKeepaliveSeconds);
  set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
}

std::string tcp_peer(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "tcp";
  char text[INET6_ADDRSTRLEN] = {};
  if (address.ss_family == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(address);
    ::inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof(text));
    return "[" + std::string(text) + "]:" + std::to_string(ntohs(six.sin6_port));
  }
  const auto& four = reinterpret_cast<const sockaddr_in&>(address);
  ::inet_ntop(AF_INET, &four.sin_addr, text, sizeof(text));
  return std::string(text) + ":" + std::to_string(ntohs(four.sin_port));
}

}  // namespace

Listener::Listener(boost::asio::io_context& io, ListenerOptions options, ListeningSocket socket,
                   Workers& workers)
    : options_(std::move(options)),
      socket_(std::move(socket)),
      descriptor_(io),
      retry_(io),
      workers_(workers) {}

void Listener::start() {
  descriptor_.assign(::dup(socket_.fd()));
  await();
}

void Listener::stop() {
  boost::system::error_code ignored;
  retry_.cancel();
  descriptor_.close(ignored);
  ::shutdown(socket_.fd(), SHUT_RDWR);
}

void Listener::await() {
  descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [this](const boost::system::error_code& error) {
                           if (error) return;
                           accept_all();
                         });
}

void Listener::accept_all() {
  while (true) {
    UniqueFd fd(::accept4(socket_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd) {
      adopt(std::move(fd));
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return await();
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      retry_.expires_after(kRetry);
      retry_.async_wait([this](const boost::system::error_code& error) {
        if (!error) accept_all();
      });
      return;
    }
    if (errno == EBADF || errno == EINVAL) return;  // stopped
  }
}

void Listener::adopt(UniqueFd fd) {
  Accepted accepted;
  accepted.listener = options_.name();
  accepted.framing = options_.framing;
  if (options_.unix_path.empty()) {
    prepare_tcp(fd.get());
    accepted.remote_address = tcp_peer(fd.get());
  } else {
    ucred peer{};
    socklen_t size = sizeof(peer);
    ::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size);
    accepted.owner = "uid=" + std::to_string(peer.uid);
    accepted.remote_address = "unix:" + accepted.owner + ",pid=" + std::to_string(peer.pid);
  }
  accepted.fd = std::move(fd);
  workers_.adopt(std::move(accepted));
}

}  // namespace crawlhub
