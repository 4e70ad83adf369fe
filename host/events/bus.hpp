#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace crawlhub {

struct Event {
  std::uint64_t number;   // grows by one
  std::int64_t time_ns;   // wall clock
  std::string name;       // "job.state_changed"
  std::string json;       // an object
};

class Subscription;

// State changes for outsiders: notifiers, live clients, other hosts. Bounded: a slow subscriber loses progress events
// (newest wins), never state changes: past its bound it is ended, and told.
// Thread: any. publish never waits.
class EventBus {
 public:
  using Callback = std::function<void(const Event&)>;
  EventBus();
  ~EventBus();
  void publish(std::string_view name, std::string_view json);
  // Whether anybody subscribed: ask before building a costly event.
  bool wanted(std::string_view name) const;
  // callback runs on a thread of the bus, one event at a time, until the subscription is destroyed.
  std::unique_ptr<Subscription> subscribe(std::string prefix, std::size_t bound, Callback callback);

 private:
  friend class Subscription;
  struct State;
  std::shared_ptr<State> state_;
};

class Subscription {
 public:
  ~Subscription();  // no callback runs afterwards

 private:
  friend class EventBus;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace crawlhub
