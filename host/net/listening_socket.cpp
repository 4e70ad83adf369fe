#include <cerrno>
#include <cstring>
#include <memory>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <crawlhub/abi/errors.h>

#include "host/net/listener.hpp"

namespace crawlhub {

namespace {

Status failure(const ListenerOptions& options, std::string_view what, int error = errno) {
  return Status(CRAWLHUB_E_BAD_CONFIG,
                options.name() + ": " + std::string(what) + ": " + std::generic_category().message(error));
}

Result<sockaddr_un> address_of(const ListenerOptions& options) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (options.unix_path.size() >= sizeof(address.sun_path))
    return Status(CRAWLHUB_E_BAD_CONFIG, options.name() + ": the path is longer than the " +
                                             std::to_string(sizeof(address.sun_path) - 1) +
                                             " bytes that a socket's may have");
  std::memcpy(address.sun_path, options.unix_path.data(), options.unix_path.size());
  return address;
}

// OK where the path is free or holds a socket that nobody listens on; stale says which.
Status look_at_path(const ListenerOptions& options, const sockaddr_un& address, bool& stale) {
  stale = false;
  struct stat status {};
  if (::lstat(options.unix_path.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    return failure(options, "cannot look at the socket file");
  }
  if (!S_ISSOCK(status.st_mode))
    return Status(CRAWLHUB_E_BAD_CONFIG,
                  options.name() + ": a file that is no socket is in the way; move it, or name another path");
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0)
    return Status(CRAWLHUB_E_BAD_CONFIG,
                  options.name() + ": another process listens there; is a hub running already?");
  if (errno != ECONNREFUSED) return failure(options, "cannot tell whether somebody listens there");
  stale = true;
  return {};
}

struct AddressList {
  addrinfo* first = nullptr;
  ~AddressList() {
    if (first != nullptr) ::freeaddrinfo(first);
  }
};

Result<UniqueFd> listen_tcp(const ListenerOptions& options) {
  const std::size_t colon = options.tcp.rfind(':');
  if (colon == std::string::npos)
    return Status(CRAWLHUB_E_BAD_CONFIG, options.name() + ": expected host:port");
  std::string host = options.tcp.substr(0, colon);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  AddressList list;
  const int error = ::getaddrinfo(host.empty() ? nullptr : host.c_str(), options.tcp.c_str() + colon + 1,
                                  &hints, &list.first);
  if (error != 0)
    return Status(CRAWLHUB_E_BAD_CONFIG, options.name() + ": no such address: " + ::gai_strerror(error));
  UniqueFd fd(::socket(list.first->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (::bind(fd.get(), list.first->ai_addr, list.first->ai_addrlen) != 0)
    return failure(options, "cannot bind");
  if (::listen(fd.get(), options.backlog) != 0) return failure(options, "cannot listen");
  return fd;
}

Result<UniqueFd> listen_unix(const ListenerOptions& options) {
  auto address = address_of(options);
  if (!address) return std::move(address).status();
  bool stale = false;
  if (Status status = look_at_path(options, *address, stale); !status) return status;
  if (stale) ::unlink(options.unix_path.c_str());
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) != 0)
    return failure(options, "cannot bind");
  // Until listen() every connect is refused: nobody gets in under other rights than these.
  if (::chmod(options.unix_path.c_str(), options.mode) != 0) return failure(options, "cannot set the mode");
  if ((options.owner || options.group) &&
      ::chown(options.unix_path.c_str(), options.owner.value_or(static_cast<uid_t>(-1)),
              options.group.value_or(static_cast<gid_t>(-1))) != 0)
    return failure(options, "cannot set the owner");
  if (::listen(fd.get(), options.backlog) != 0) return failure(options, "cannot listen");
  return fd;
}

}  // namespace

Result<ListeningSocket> ListeningSocket::open(const ListenerOptions& options) {
  auto fd = options.unix_path.empty() ? listen_tcp(options) : listen_unix(options);
  if (!fd) return std::move(fd).status();
  ListeningSocket socket(std::move(*fd), options.unix_path);
  if (options.unix_path.empty()) {
    sockaddr_storage address{};
    socklen_t size = sizeof(address);
    ::getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&address), &size);
    socket.port_ = ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                                       : reinterpret_cast<sockaddr_in&>(address).sin_port);
  } else {
    struct stat status {};
    if (::stat(options.unix_path.c_str(), &status) == 0) socket.inode_ = status.st_ino;
  }
  return socket;
}

Status ListeningSocket::probe(const ListenerOptions& options) {
  if (options.unix_path.empty()) {
    auto fd = listen_tcp(options);
    return fd ? Status() : std::move(fd).status();
  }
  auto address = address_of(options);
  if (!address) return std::move(address).status();
  bool stale = false;
  if (Status status = look_at_path(options, *address, stale); !status) return status;
  const std::size_t slash = options.unix_path.rfind('/');
  const std::string folder = slash == 0 ? "/" : options.unix_path.substr(0, slash);
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    return failure(options, "cannot make a socket in " + folder);
  return {};
}

ListeningSocket::~ListeningSocket() {
  if (!fd_ || path_.empty()) return;
  struct stat status {};
  if (::stat(path_.c_str(), &status) == 0 && status.st_ino == inode_) ::unlink(path_.c_str());
}

}  // namespace crawlhub
