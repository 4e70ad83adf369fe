#include <cstring>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "host/core/random_id.hpp"
#include "host/net/listener.hpp"

using namespace crawlhub;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / random_id("crawlhub-net-");
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  ListenerOptions options() const {
    ListenerOptions made;
    made.unix_path = (path / "hub.sock").string();
    made.mode = 0600;
    return made;
  }
};

// What a killed hub leaves behind.
void leave_stale_socket(const std::string& path) {
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
}

}  // namespace

TEST_CASE("the socket file has the configured mode, and goes with its owner") {
  const Folder folder;
  {
    auto socket = ListeningSocket::open(folder.options());
    REQUIRE(socket.ok());
    struct stat status {};
    REQUIRE(::stat(folder.options().unix_path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
  CHECK_FALSE(fs::exists(folder.options().unix_path));
}

TEST_CASE("a stale socket file is replaced") {
  const Folder folder;
  leave_stale_socket(folder.options().unix_path);
  CHECK(ListeningSocket::probe(folder.options()).ok());
  CHECK(ListeningSocket::open(folder.options()).ok());
}

TEST_CASE("a socket that somebody listens on is left alone") {
  const Folder folder;
  auto first = ListeningSocket::open(folder.options());
  REQUIRE(first.ok());
  auto second = ListeningSocket::open(folder.options());
  REQUIRE_FALSE(second.ok());
  CHECK(second.error().find("another process listens there") != std::string::npos);
  CHECK_FALSE(ListeningSocket::probe(folder.options()).ok());
  CHECK(fs::exists(folder.options().unix_path));
}

TEST_CASE("a file that is no socket is left alone") {
  const Folder folder;
  std::ofstream(folder.options().unix_path) << "precious";
  auto socket = ListeningSocket::open(folder.options());
  REQUIRE_FALSE(socket.ok());
  CHECK(socket.error().find("no socket is in the way") != std::string::npos);
  CHECK(fs::exists(folder.options().unix_path));
}

TEST_CASE("a path that is too long for a socket is refused with a sentence") {
  ListenerOptions options;
  options.unix_path = "/" + std::string(200, 'x');
  auto socket = ListeningSocket::open(options);
  REQUIRE_FALSE(socket.ok());
  CHECK(socket.error().find("longer than") != std::string::npos);
}

TEST_CASE("TCP: port 0 binds a free one, a port in use is refused") {
  ListenerOptions options;
  options.tcp = "127.0.0.1:0";
  auto socket = ListeningSocket::open(options);
  REQUIRE(socket.ok());
  CHECK(socket->port() != 0);
  options.tcp = "127.0.0.1:" + std::to_string(socket->port());
  CHECK_FALSE(ListeningSocket::open(options).ok());
}
