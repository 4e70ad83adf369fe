#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "host/core/lane.hpp"

namespace crawlhub {

struct Event {
  std::uint64_t number;  // grows by one
  std::int64_t time_ns;  // wall clock
  std::string name;      // "job.state_changed"
  std::string json;      // an object
};

class Subscription;

// State changes for outsiders: notifiers, live clients, other hosts. Bounded: a slow subscriber loses
// progress events (newest wins), never state changes: past its bound it is ended, and told. Thread: any.
// publish never waits for a subscriber, and costs next to nothing where there is none.
class EventBus {
 public:
  using Callback = std::function<void(const Event&)>;

  struct Options {
    std::size_t threads = 1;             // that run callbacks; a callback that waits holds one
    std::uint32_t first_lane = kNoLane;  // thread i runs in lane first_lane + i
  };
  explicit EventBus(const Options& options);
  EventBus() : EventBus(Options()) {}
  // REQUIRES: no subscription is left.
  ~EventBus();

  void publish(std::string_view name, std::string_view json);
  // Whether anybody subscribed: ask before building a costly event.
  bool wanted(std::string_view name) const;
  // Events whose name ends in suffix may be dropped, as those that end in "progress_updated" may.
  void add_lossy(std::string suffix);

  // Events whose name begins with prefix. callback runs on a thread of the bus, one event at a time, in
  // order, until the subscription is destroyed. bound: events that may wait. ended, where given, runs once,
  // after the last callback, where a state change found the bound met.
  std::unique_ptr<Subscription> subscribe(std::string prefix, std::size_t bound, Callback callback,
                                          std::function<void()> ended = {});

 private:
  friend class Subscription;
  struct State;
  std::shared_ptr<State> state_;
};

class Subscription {
 public:
  // No callback runs afterwards. It may be destroyed within its own callback.
  ~Subscription();
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  // It was too slow for a state change: no event follows.
  bool ended() const;
  // Progress events that it lost.
  std::uint64_t dropped() const;

 private:
  friend class EventBus;
  struct State;
  explicit Subscription(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace crawlhub
