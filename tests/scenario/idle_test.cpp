// Many connections that say nothing cost little, and keep nobody waiting.
#include <iostream>

#include <catch2/catch.hpp>
#include <sys/resource.h>

#include "tests/scenario/memory.hpp"
#include "tests/scenario/scenario.hpp"

using namespace crawlhub::testing;
using nlohmann::json;

namespace {

constexpr std::size_t kIdle = 2000, kBusy = 50;
constexpr int kRounds = 20;
constexpr std::size_t kMostBytes = 8 * 1024;

// Each end of a connection is a descriptor, here and in the hub, which gets this process's limit.
void allow_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  REQUIRE(limit.rlim_cur > kIdle + kBusy + 200);
}

}  // namespace

TEST_CASE("two thousand idle connections and fifty busy ones: no error, and little memory for each") {
  allow_descriptors();
  HubOptions options;
  options.top = "limits: { connections: 5000 }\n";
  Hub hub(options);
  hub.start();
  // What the hub allocates once is there before it is measured.
  std::vector<Socket> busy;
  for (std::size_t i = 0; i < kBusy; ++i) busy.push_back(join(hub, "busy-" + std::to_string(i), {"errors"}));
  for (Socket& one : busy) CHECK(ask(one).empty());

  const std::size_t before = resident_bytes(hub);
  std::vector<Socket> idle;
  idle.reserve(kIdle);
  for (std::size_t i = 0; i < kIdle; ++i) {
    idle.push_back(Socket::unix_path(hub.socket()));
    if (i % 2 == 0) idle.back().send_message(message("hello", {{"crawlerId", "idle-" + std::to_string(i)}}));
  }
  REQUIRE(eventually([&] { return hub.admin("connections.totals")["total"] == kIdle + kBusy; }));
  for (std::size_t i = 0; i < kIdle; i += 2) REQUIRE(idle[i].receive_type("welcome"));
  const std::size_t after = resident_bytes(hub);
  const std::size_t each = after > before ? (after - before) / kIdle : 0;
  std::cout << "memory of an idle connection: " << each << " bytes\n";
  CHECK(each < kMostBytes);

  for (int round = 0; round < kRounds; ++round) {
    for (Socket& one : busy) {
      one.send_message(beat("processing", 1));
      one.send_message(message("job_request"));
    }
    for (Socket& one : busy) REQUIRE(one.receive_type("job_response"));
  }
  // Those that were idle are served as if they had come now.
  for (Socket& one : idle) one.send_message(message("job_request"));
  for (Socket& one : idle) REQUIRE(one.receive_type("job_response"));
  CHECK(hub.admin("connections.totals")["rejectedConnections"] == 0);
  CHECK(hub.admin("errors")["errors"].empty());
  CHECK(hub.stop() == 0);
}
