#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include <poll.h>

#include <crawlhub/client/address.hpp>
#include <crawlhub/client/backoff.hpp>
#include <crawlhub/client/connection.hpp>
#include <crawlhub/client/detail/incoming.hpp>
#include <crawlhub/client/detail/own_messages.hpp>
#include <crawlhub/client/detail/shared.hpp>
#include <crawlhub/client/reports.hpp>

namespace crawlhub::client::detail {

/// The client's own thread: connects, says hello, sends what waits, reads what comes, and starts again when
/// the connection is lost, until told to stop.
class IoLoop {
 public:
  IoLoop(Shared& shared, Address address)
      : shared_(shared),
        address_(std::move(address)),
        incoming_(shared),
        backoff_(shared.options.backoff_first, shared.options.backoff_most) {}

  void run() {
    {
      const std::lock_guard lock(shared_.mutex);
      shared_.io_thread = std::this_thread::get_id();
    }
    while (!stopping()) {
      const auto begun = Clock::now();
      const std::string reason = session();
      // One that lived for a while was a good one; two crawlers with one id that throw each other out slow
      // down.
      if (Clock::now() - begun >= kGoodSession) backoff_.reset();
      if (!stopping()) pause(reason, backoff_.next());
    }
  }

 private:
  static constexpr std::chrono::seconds kGoodSession{5};
  static constexpr std::chrono::milliseconds kLongestHeartbeat{30000};
  static constexpr std::size_t kOutHighWater = 256 * 1024;  // bytes stamped ahead of the kernel

  bool stopping() {
    const std::lock_guard lock(shared_.mutex);
    return shared_.stopping;
  }

  void pause(const std::string& reason, std::chrono::milliseconds delay) {
    std::unique_lock lock(shared_.mutex);
    shared_.welcome.reset();
    shared_.shutting_down = false;
    shared_.pull.outstanding = false;
    shared_.last_error = reason;
    shared_.outbox.restart();
    shared_.changed.notify_all();
    lock.unlock();
    if (shared_.options.callbacks.on_disconnected) shared_.options.callbacks.on_disconnected(reason, delay);
    lock.lock();
    shared_.changed.wait_for(lock, delay, [this] { return shared_.stopping; });
  }

  /// One connection from connect to its end. @return why it ended.
  std::string session() {
    auto socket = connect_socket(address_, shared_.options.connect_timeout, shared_.stop.fd());
    if (!socket) return socket.error();
    Connection hub(std::move(*socket));
    hub.queue(hello_message(shared_.options) + "\n");
    incoming_.parting.clear();
    const auto welcome_by = Clock::now() + shared_.options.answer_timeout;
    next_heartbeat_ = Clock::now();
    while (!stopping()) {
      const auto wake_at = fill(hub, welcome_by);
      if (!incoming_.parting.empty() && !welcomed()) return incoming_.parting;
      if (wake_at <= Clock::now() && !welcomed()) return "no welcome from the hub in time";
      if (!hub.flush()) return hub.error();
      if (hub.unsent() == 0) all_sent();
      if (!wait(hub, wake_at) || !read(hub))
        return incoming_.parting.empty() ? hub.error() : incoming_.parting;
    }
    hub.flush();
    return "stopped";
  }

  bool welcomed() {
    const std::lock_guard lock(shared_.mutex);
    return shared_.welcome.has_value();
  }

  /// Stamps what may be sent now. @return when there is something to do next, if nothing happens before.
  Clock::time_point fill(Connection& hub, Clock::time_point welcome_by) {
    const std::lock_guard lock(shared_.mutex);
    if (!shared_.welcome) return welcome_by;
    const auto now = Clock::now();
    auto wake_at = now + kLongestHeartbeat;
    send_delayed(now, wake_at);
    beat(hub, now, wake_at);
    ask_for_jobs(now, wake_at);
    const bool numbered = shared_.welcome->grants("acks");
    auto& out = hub.out();
    while (hub.unsent() < kOutHighWater && shared_.outbox.send_next(out, numbered)) {
    }
    return wake_at;
  }

  void send_delayed(Clock::time_point now, Clock::time_point& wake_at) {
    auto& delayed = shared_.delayed;
    // All wait equally long, so the first to come is the first to go.
    while (!delayed.empty() && delayed.front().first <= now) {
      shared_.outbox.insert(std::move(delayed.front().second));
      delayed.erase(delayed.begin());
    }
    if (!delayed.empty()) wake_at = std::min(wake_at, delayed.front().first);
  }

  void beat(const Connection& hub, Clock::time_point now, Clock::time_point& wake_at) {
    if (now >= next_heartbeat_) {
      auto every = shared_.options.heartbeat_interval;
      if (every.count() == 0) every = shared_.welcome->heartbeat_interval;
      if (every.count() == 0) every = kLongestHeartbeat;
      next_heartbeat_ = now + std::clamp(every, std::chrono::milliseconds(10), kLongestHeartbeat);
      // Behind unsent messages it would only queue up: those are a sign of life themselves.
      if (hub.unsent() == 0 && !shared_.outbox.has_unsent())
        push("heartbeat", heartbeat_data(shared_, now - born_));
    }
    wake_at = std::min(wake_at, next_heartbeat_);
  }

  void ask_for_jobs(Clock::time_point now, Clock::time_point& wake_at) {
    auto& pull = shared_.pull;
    if (pull.outstanding && now >= pull.asked_at + pull.hub_wait + shared_.options.answer_timeout) {
      pull.outstanding = false;
    }
    const auto slots = shared_.free_slots();
    if (pull.waiters == 0 || pull.outstanding || shared_.shutting_down || !shared_.ready.empty() ||
        slots == 0u)
      return;
    if (now < pull.next) {
      wake_at = std::min(wake_at, pull.next);
      return;
    }
    push("job_request", job_request_data(shared_, now));
    ++pull.asked;
    pull.outstanding = true;
    pull.asked_at = now;
  }

  void push(const char* type, const Json& data) {
    shared_.outbox.push({type, {}, make_message(type, {}, data), std::nullopt, true, 0});
  }

  /// The kernel has everything: without acks that is all there is to know.
  void all_sent() {
    const std::lock_guard lock(shared_.mutex);
    if (!shared_.welcome || shared_.welcome->grants("acks")) return;
    shared_.outbox.sent_is_done();
    shared_.changed.notify_all();
  }

  bool wait(Connection& hub, Clock::time_point wake_at) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(wake_at - Clock::now()).count() + 1;
    const auto events = static_cast<short>(hub.unsent() > 0 ? POLLIN | POLLOUT : POLLIN);
    pollfd waits[] = {{hub.fd(), events, 0}, {shared_.work.fd(), POLLIN, 0}, {shared_.stop.fd(), POLLIN, 0}};
    if (::poll(waits, 3, static_cast<int>(std::clamp<long>(left, 0, 60000))) < 0) return errno == EINTR;
    if (waits[1].revents != 0) shared_.work.lower();
    return true;
  }

  bool read(Connection& hub) {
    bool alive = false;
    {
      const std::lock_guard lock(shared_.mutex);
      alive = hub.receive([this](std::string_view line) { incoming_.line(line); });
      shared_.changed.notify_all();
    }
    for (const auto& call : std::exchange(incoming_.calls, {})) call();
    return alive;
  }

  Shared& shared_;
  Address address_;
  Incoming incoming_;
  Backoff backoff_;
  const Clock::time_point born_ = Clock::now();
  Clock::time_point next_heartbeat_{};
};

}  // namespace crawlhub::client::detail
