#include "host/events/bus.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "host/core/clock.hpp"
#include "host/core/thread_name.hpp"

namespace crawlhub {

namespace {

constexpr std::string_view kProgressSuffix = "progress_updated";

// Callbacks of one subscription that run before another has its turn.
constexpr int kTurn = 16;

struct Waiting {
  std::shared_ptr<const Event> event;
  bool lossy;
};

}  // namespace

// Guarded by EventBus::State::mutex but for what is const and the atomics. It is in at most one thread's
// hands: `queued` says that it stands in the run queue or that a thread works on it.
struct Subscription::State {
  State(std::shared_ptr<EventBus::State> owner, std::string wanted, std::size_t most, EventBus::Callback call,
        std::function<void()> end)
      : bus(std::move(owner)),
        prefix(std::move(wanted)),
        bound(std::max<std::size_t>(most, 1)),
        callback(std::move(call)),
        on_end(std::move(end)) {}

  const std::shared_ptr<EventBus::State> bus;
  const std::string prefix;
  const std::size_t bound;
  const EventBus::Callback callback;
  const std::function<void()> on_end;
  std::deque<Waiting> waiting;
  bool queued = false;
  bool closed = false;     // destroyed by its owner
  bool told_end = false;   // on_end ran
  std::thread::id runner;  // runs its callback now
  std::atomic<bool> ended{false};
  std::atomic<std::uint64_t> dropped{0};
};

struct EventBus::State {
  using Subscriber = std::shared_ptr<Subscription::State>;

  std::atomic<std::size_t> subscriber_count{0};
  mutable std::mutex mutex;
  std::condition_variable wake;  // for the threads
  std::condition_variable idle;  // for those that destroy a subscription
  std::vector<Subscriber> subscribers;
  std::deque<Subscriber> runnable;
  std::vector<std::string> lossy{std::string(kProgressSuffix)};
  std::uint64_t number = 0;
  bool stopping = false;
  std::vector<std::thread> threads;

  bool is_lossy(std::string_view name) const {
    return std::ranges::any_of(lossy, [&](const std::string& suffix) { return name.ends_with(suffix); });
  }
  void offer(const Subscriber& subscriber, const std::shared_ptr<const Event>& event, bool may_drop);
  bool make_room(Subscription::State& subscriber, bool may_drop);
  void make_runnable(const Subscriber& subscriber);
  void run(std::uint32_t lane, std::size_t index);
  void serve(const Subscriber& subscriber, std::unique_lock<std::mutex>& lock);
};

void EventBus::State::make_runnable(const Subscriber& subscriber) {
  if (std::exchange(subscriber->queued, true)) return;
  runnable.push_back(subscriber);
  wake.notify_one();
}

// Drops the oldest progress event for the new one. False where the new one cannot be taken.
bool EventBus::State::make_room(Subscription::State& subscriber, bool may_drop) {
  if (subscriber.waiting.size() < subscriber.bound) return true;
  const auto oldest = std::ranges::find(subscriber.waiting, true, &Waiting::lossy);
  if (oldest != subscriber.waiting.end()) {
    subscriber.waiting.erase(oldest);
    subscriber.dropped.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  if (may_drop) {
    subscriber.dropped.fetch_add(1, std::memory_order_relaxed);
  } else {
    subscriber.ended.store(true, std::memory_order_release);
  }
  return false;
}

void EventBus::State::offer(const Subscriber& subscriber, const std::shared_ptr<const Event>& event,
                            bool may_drop) {
  if (subscriber->ended.load(std::memory_order_relaxed) || !event->name.starts_with(subscriber->prefix))
    return;
  if (make_room(*subscriber, may_drop)) subscriber->waiting.push_back({event, may_drop});
  make_runnable(subscriber);
}

void EventBus::State::run(std::uint32_t lane, std::size_t index) {
  set_thread_name("events-" + std::to_string(index));
  if (lane != kNoLane) set_current_lane(lane);
  std::unique_lock lock(mutex);
  for (;;) {
    wake.wait(lock, [this] { return stopping || !runnable.empty(); });
    if (runnable.empty()) return;
    const Subscriber subscriber = std::move(runnable.front());
    runnable.pop_front();
    serve(subscriber, lock);
  }
}

void EventBus::State::serve(const Subscriber& subscriber, std::unique_lock<std::mutex>& lock) {
  subscriber->runner = std::this_thread::get_id();
  for (int i = 0; i < kTurn && !subscriber->closed && !subscriber->waiting.empty(); ++i) {
    const std::shared_ptr<const Event> event = std::move(subscriber->waiting.front().event);
    subscriber->waiting.pop_front();
    lock.unlock();
    subscriber->callback(*event);
    lock.lock();
  }
  const bool empty = subscriber->waiting.empty();
  if (!subscriber->closed && empty && subscriber->ended && !std::exchange(subscriber->told_end, true) &&
      subscriber->on_end) {
    lock.unlock();
    subscriber->on_end();
    lock.lock();
  }
  subscriber->runner = {};
  subscriber->queued = false;
  if (!subscriber->closed && !subscriber->waiting.empty()) make_runnable(subscriber);
  idle.notify_all();
}

EventBus::EventBus(const Options& options) : state_(std::make_shared<State>()) {
  for (std::size_t i = 0; i < std::max<std::size_t>(options.threads, 1); ++i) {
    const std::uint32_t lane =
        options.first_lane == kNoLane ? kNoLane : options.first_lane + static_cast<std::uint32_t>(i);
    state_->threads.emplace_back([state = state_.get(), lane, i] { state->run(lane, i); });
  }
}

EventBus::~EventBus() {
  {
    const std::lock_guard lock(state_->mutex);
    assert(state_->subscribers.empty());
    state_->stopping = true;
  }
  state_->wake.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

void EventBus::publish(std::string_view name, std::string_view json) {
  if (state_->subscriber_count.load(std::memory_order_acquire) == 0) return;
  std::shared_ptr<Event> event;
  const std::lock_guard lock(state_->mutex);
  const std::uint64_t number = ++state_->number;
  const bool may_drop = state_->is_lossy(name);
  for (const auto& subscriber : state_->subscribers) {
    if (!name.starts_with(subscriber->prefix)) continue;
    if (!event)
      event = std::make_shared<Event>(Event{number, wall_ns(), std::string(name), std::string(json)});
    state_->offer(subscriber, event, may_drop);
  }
}

bool EventBus::wanted(std::string_view name) const {
  if (state_->subscriber_count.load(std::memory_order_acquire) == 0) return false;
  const std::lock_guard lock(state_->mutex);
  return std::ranges::any_of(state_->subscribers,
                             [&](const auto& subscriber) { return name.starts_with(subscriber->prefix); });
}

void EventBus::add_lossy(std::string suffix) {
  const std::lock_guard lock(state_->mutex);
  state_->lossy.push_back(std::move(suffix));
}

std::unique_ptr<Subscription> EventBus::subscribe(std::string prefix, std::size_t bound, Callback callback,
                                                  std::function<void()> ended) {
  auto state = std::make_shared<Subscription::State>(state_, std::move(prefix), bound, std::move(callback),
                                                     std::move(ended));
  {
    const std::lock_guard lock(state_->mutex);
    state_->subscribers.push_back(state);
    state_->subscriber_count.store(state_->subscribers.size(), std::memory_order_release);
  }
  return std::unique_ptr<Subscription>(new Subscription(std::move(state)));
}

Subscription::Subscription(std::shared_ptr<State> state) : state_(std::move(state)) {}

Subscription::~Subscription() {
  EventBus::State& bus = *state_->bus;
  std::unique_lock lock(bus.mutex);
  state_->closed = true;
  std::erase(bus.subscribers, state_);
  bus.subscriber_count.store(bus.subscribers.size(), std::memory_order_release);
  // Within its own callback there is nothing to wait for: no other can follow.
  const auto me = std::this_thread::get_id();
  bus.idle.wait(lock, [&] { return state_->runner == std::thread::id() || state_->runner == me; });
}

bool Subscription::ended() const {
  return state_->ended.load(std::memory_order_acquire);
}

std::uint64_t Subscription::dropped() const {
  return state_->dropped.load(std::memory_order_relaxed);
}

}  // namespace crawlhub
