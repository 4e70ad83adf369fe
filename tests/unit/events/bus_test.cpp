#include "host/events/bus.hpp"

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

using namespace crawlhub;
using Names = std::vector<std::string>;

namespace {

// Remembers events, and can be held up.
class Listener {
 public:
  EventBus::Callback callback() {
    return [this](const Event& event) {
      std::unique_lock lock(mutex_);
      entered_ = true;
      changed_.notify_all();
      changed_.wait(lock, [this] { return !held_; });
      events_.push_back(event);
      changed_.notify_all();
    };
  }
  void hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void release() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }
  void wait_until_entered() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return entered_; });
  }
  Names wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return events_.size() >= count; });
    Names names;
    for (const Event& event : events_) names.push_back(event.name + event.json);
    return names;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Event> events_;
  bool held_ = false;
  bool entered_ = false;
};

}  // namespace

TEST_CASE("a subscriber gets the events of its prefix, in order") {
  EventBus bus;
  Listener listener;
  const auto subscription = bus.subscribe("job.", 100, listener.callback());
  CHECK(bus.wanted("job.done"));
  CHECK_FALSE(bus.wanted("error.occurred"));
  bus.publish("job.a", "{}");
  bus.publish("error.b", "{}");
  bus.publish("job.c", "{}");
  CHECK(listener.wait_for(2) == Names{"job.a{}", "job.c{}"});
}

TEST_CASE("a slow subscriber loses the oldest progress, and no state change") {
  EventBus bus;
  Listener listener;
  listener.hold();
  const auto subscription = bus.subscribe("", 3, listener.callback());
  bus.publish("job.state_changed", "0");
  listener.wait_until_entered();
  bus.publish("job.progress_updated", "1");
  bus.publish("job.state_changed", "2");
  for (int i = 3; i < 100; ++i) bus.publish("job.progress_updated", std::to_string(i));
  listener.release();
  CHECK(listener.wait_for(4) == Names{"job.state_changed0", "job.state_changed2", "job.progress_updated98",
                                      "job.progress_updated99"});
  CHECK(subscription->dropped() == 96);
  CHECK_FALSE(subscription->ended());
}

TEST_CASE("a subscriber too slow for a state change is ended and told, after what it still has") {
  EventBus bus;
  Listener listener;
  listener.hold();
  std::promise<void> told;
  const auto subscription = bus.subscribe("", 2, listener.callback(), [&] { told.set_value(); });
  bus.publish("a", "0");
  listener.wait_until_entered();
  for (const char* number : {"1", "2", "3", "4"}) bus.publish("a", number);
  CHECK(subscription->ended());
  listener.release();
  told.get_future().wait();
  CHECK(listener.wait_for(3) == Names{"a0", "a1", "a2"});
}

TEST_CASE("other names may be declared as progress") {
  EventBus bus;
  bus.add_lossy("stats");
  Listener listener;
  listener.hold();
  const auto subscription = bus.subscribe("", 1, listener.callback());
  bus.publish("a", "");
  listener.wait_until_entered();
  bus.publish("stats", "1");
  bus.publish("stats", "2");
  CHECK_FALSE(subscription->ended());
  listener.release();
  CHECK(listener.wait_for(2) == Names{"a", "stats2"});
}

TEST_CASE("publishing does not wait for a subscriber that hangs, nor do others") {
  EventBus::Options options;
  options.threads = 2;
  EventBus bus(options);
  Listener slow, fast;
  slow.hold();
  const auto one = bus.subscribe("", 10, slow.callback());
  const auto two = bus.subscribe("", 1000, fast.callback());
  for (int i = 0; i < 500; ++i) bus.publish("a", std::to_string(i));
  CHECK(fast.wait_for(500).size() == 500);
  CHECK(one->ended());
  slow.release();
}

TEST_CASE("no callback runs after a subscription was destroyed") {
  EventBus bus;
  for (int round = 0; round < 200; ++round) {
    std::atomic<bool> alive{true};
    std::atomic<bool> late{false};
    auto subscription = bus.subscribe("", 100, [&](const Event&) { late = late || !alive; });
    for (int i = 0; i < 20; ++i) bus.publish("a", "{}");
    subscription.reset();
    alive = false;
    bus.publish("a", "{}");
    CHECK_FALSE(late);
  }
}

TEST_CASE("a subscription may be destroyed in its own callback") {
  EventBus bus;
  std::unique_ptr<Subscription> subscription;
  std::mutex mutex;
  std::promise<void> done;
  {
    const std::lock_guard lock(mutex);
    subscription = bus.subscribe("", 100, [&](const Event&) {
      {
        const std::lock_guard inner(mutex);
        subscription.reset();
      }
      done.set_value();
    });
  }
  bus.publish("a", "{}");
  bus.publish("a", "{}");
  done.get_future().wait();
}

TEST_CASE("many publish, one listens: nothing is lost, numbers grow") {
  EventBus bus;
  std::vector<std::uint64_t> numbers;
  std::promise<void> done;
  const auto subscription = bus.subscribe("", 100000, [&](const Event& event) {
    numbers.push_back(event.number);
    if (numbers.size() == 4000) done.set_value();
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) bus.publish("a", "{}");
    });
  }
  for (std::thread& thread : threads) thread.join();
  done.get_future().wait();
  for (std::size_t i = 1; i < numbers.size(); ++i) REQUIRE(numbers[i] == numbers[i - 1] + 1);
}
