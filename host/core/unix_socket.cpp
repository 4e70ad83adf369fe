#include "host/core/unix_socket.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <crawlhub/abi/errors.h>

namespace crawlhub {

namespace {

std::string reason(int error) {
  return std::generic_category().message(error);
}

Status bad(const std::string& path, const std::string& text) {
  return {CRAWLHUB_E_BAD_CONFIG, path + ": " + text};
}

struct Address {
  sockaddr_un address{};
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
};

Result<Address> make_address(const std::string& path) {
  Address result;
  if (path.empty() || path.size() >= sizeof result.address.sun_path) {
    return bad(path, "a socket's path has 1 to " + std::to_string(sizeof result.address.sun_path - 1) +
                         " bytes; choose a shorter directory");
  }
  result.address.sun_family = AF_UNIX;
  std::memcpy(result.address.sun_path, path.data(), path.size());
  return result;
}

UniqueFd new_socket() {
  return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

int connect_to(int fd, const Address& address) {
  while (::connect(fd, address.get(), sizeof address.address) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

// Takes away a socket file that a hub left behind when it was killed.
Status clear_path(const std::string& path, const Address& address) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return errno == ENOENT ? Status() : bad(path, reason(errno));
  if (!S_ISSOCK(info.st_mode)) return bad(path, "exists and is not a socket; choose another path");
  const UniqueFd probe = new_socket();
  if (!probe) return bad(path, reason(errno));
  const int error = connect_to(probe.get(), address);
  if (error == 0 || error == EAGAIN) {
    return bad(path, "somebody listens there already; stop the other hub, or choose another path");
  }
  if (error != ECONNREFUSED) return bad(path, reason(error));
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return bad(path, reason(errno));
  return {};
}

Status make_directory(const std::string& path) {
  const auto directory = std::filesystem::path(path).parent_path();
  std::error_code error;
  if (directory.empty() || std::filesystem::is_directory(directory, error)) return {};
  std::filesystem::create_directories(directory.parent_path(), error);
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return bad(directory.string(), "cannot make this directory: " + reason(errno));
  }
  return {};
}

}  // namespace

Result<UniqueFd> listen_unix(const std::string& path, std::uint32_t mode, int backlog) {
  const auto address = make_address(path);
  if (!address) return address.status();
  if (auto status = make_directory(path); !status) return status;
  if (auto status = clear_path(path, *address); !status) return status;
  UniqueFd fd = new_socket();
  if (!fd) return bad(path, reason(errno));
  // Rights set before bind are those the file is made with (less the umask): nobody connects in between.
  if (::fchmod(fd.get(), mode) != 0 || ::bind(fd.get(), address->get(), sizeof address->address) != 0 ||
      ::chmod(path.c_str(), mode) != 0 || ::listen(fd.get(), backlog) != 0) {
    return bad(path, "cannot listen here: " + reason(errno));
  }
  return fd;
}

Result<UniqueFd> connect_unix(const std::string& path) {
  const auto address = make_address(path);
  if (!address) return address.status();
  UniqueFd fd = new_socket();
  const int error = fd ? connect_to(fd.get(), *address) : errno;
  if (error != 0) return {CRAWLHUB_E_NETWORK_FAILED, path + ": " + reason(error)};
  return fd;
}

}  // namespace crawlhub
