#include "host/bench/options.hpp"

#include <catch2/catch.hpp>

#include "host/bench/memory.hpp"

using namespace crawlhub::bench;
using Catch::Contains;

namespace {

Options usable() {
  Options options;
  options.connect = "unix:/run/crawlhub/crawler.sock";
  return options;
}

}  // namespace

TEST_CASE("the defaults can be used with an address") {
  CHECK(problem(usable()).empty());
}

TEST_CASE("what cannot be used is named, with what is expected") {
  const auto told = [](auto change) {
    Options options = usable();
    change(options);
    return problem(options);
  };
  CHECK_THAT(told([](Options& o) { o.connect = "crawler.sock"; }),
             Contains("--connect: ") && Contains("unix:"));
  CHECK_THAT(told([](Options& o) { o.connections = 0; }),
             Contains("--connections: expected a number from 1"));
  CHECK_THAT(told([](Options& o) { o.window = 0; }), Contains("--window: "));
  CHECK_THAT(told([](Options& o) { o.jobs = 15; }),
             Contains("--jobs: expected at least one for each of the 16"));
  CHECK_THAT(told([](Options& o) { o.distinct = 0; }), Contains("--distinct: "));
  CHECK_THAT(told([](Options& o) { o.size = 100'000'000; }),
             Contains("--size: ") && Contains("got 100000000"));
  CHECK_THAT(told([](Options& o) { o.seconds = 0; }), Contains("--seconds: "));
  CHECK_THAT(told([](Options& o) { o.rate = -1; }), Contains("--rate: "));
}

TEST_CASE("resident memory is read from what the kernel says of a process") {
  CHECK(resident_bytes("Name:\tcrawlhub\nVmHWM:\t 30000 kB\nVmRSS:\t   23456 kB\nThreads:\t6\n") ==
        23456 * 1024);
  CHECK(resident_bytes("Name:\tcrawlhub\n") == 0);
  CHECK(resident_bytes("") == 0);
}
