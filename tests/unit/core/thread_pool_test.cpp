#include "host/core/thread_pool.hpp"

#include <atomic>
#include <future>
#include <set>

#include <catch2/catch.hpp>

using crawlhub::ThreadPool;

TEST_CASE("stop finishes what was posted, and takes nothing more") {
  std::atomic<int> done{0};
  ThreadPool pool({});
  for (int i = 0; i < 100; ++i) REQUIRE(pool.post([&] { ++done; }));
  pool.stop();
  CHECK(done == 100);
  CHECK_FALSE(pool.post([&] { ++done; }));
  CHECK(done == 100);
}

TEST_CASE("a full queue refuses instead of waiting") {
  std::promise<void> entered, go;
  ThreadPool pool({.threads = 1, .queue = 2});
  REQUIRE(pool.post([&] {
    entered.set_value();
    go.get_future().wait();
  }));
  entered.get_future().wait();
  CHECK(pool.post([] {}));
  CHECK(pool.post([] {}));
  CHECK_FALSE(pool.post([] {}));
  CHECK(pool.waiting() == 2);
  go.set_value();
}

TEST_CASE("each thread of the pool runs in a lane of its own") {
  ThreadPool pool({.threads = 2, .first_lane = 7});
  std::promise<std::uint32_t> first, second;
  std::promise<void> go;
  const std::shared_future<void> gone = go.get_future().share();
  const auto tell = [&](std::promise<std::uint32_t>& to) {
    return [&to, gone] {
      to.set_value(crawlhub::current_lane());
      gone.wait();
    };
  };
  REQUIRE(pool.post(tell(first)));
  REQUIRE(pool.post(tell(second)));
  const std::set<std::uint32_t> lanes = {first.get_future().get(), second.get_future().get()};
  go.set_value();
  CHECK(lanes == std::set<std::uint32_t>{7, 8});
  CHECK(crawlhub::current_lane() == crawlhub::kNoLane);
}
