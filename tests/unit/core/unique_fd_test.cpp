#include "host/core/unique_fd.hpp"

#include <array>
#include <thread>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <pthread.h>

#include "host/core/thread_name.hpp"

using crawlhub::UniqueFd;

namespace {

bool is_open(int fd) {
  return fcntl(fd, F_GETFD) != -1;
}

UniqueFd open_null() {
  return UniqueFd(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

}  // namespace

TEST_CASE("a descriptor is closed when its owner goes, and only then") {
  int number = -1;
  {
    UniqueFd first = open_null();
    number = first.get();
    const UniqueFd second = std::move(first);
    CHECK_FALSE(first);
    CHECK(is_open(number));
  }
  CHECK_FALSE(is_open(number));
}

TEST_CASE("a released descriptor stays open") {
  UniqueFd fd = open_null();
  const int number = fd.release();
  fd.reset();
  CHECK(is_open(number));
  fd.reset(number);
  fd.reset(number);
  CHECK(is_open(number));
}

TEST_CASE("a thread's name is cut, not refused") {
  std::array<char, 16> name{};
  std::thread([&] {
    crawlhub::set_thread_name("storage-writer-of-crawlhub");
    pthread_getname_np(pthread_self(), name.data(), name.size());
  }).join();
  CHECK(std::string(name.data()) == "storage-writer-");
}
