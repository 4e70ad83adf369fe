#include "host/plugin/lifecycle.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "host/core/lane.hpp"
#include "host/core/thread_name.hpp"

namespace crawlhub {

namespace {

// Shared by the caller and the thread, whichever lives longer.
struct Outcome {
  std::mutex mutex;
  std::condition_variable done;
  std::optional<crawlhub_status> status;  // guarded by mutex
};

}  // namespace

std::optional<crawlhub_status> run_with_deadline(std::string_view thread_name, std::uint32_t lane,
                                                 std::chrono::nanoseconds timeout,
                                                 std::function<crawlhub_status()> fn) {
  const auto outcome = std::make_shared<Outcome>();
  std::thread thread([outcome, name = std::string(thread_name), lane, fn = std::move(fn)] {
    set_thread_name(name);
    set_current_lane(lane);
    const crawlhub_status status = fn();
    const std::lock_guard lock(outcome->mutex);
    outcome->status = status;
    outcome->done.notify_all();
  });
  std::unique_lock lock(outcome->mutex);
  const bool in_time = outcome->done.wait_for(lock, timeout, [&] { return outcome->status.has_value(); });
  lock.unlock();
  if (!in_time) {
    thread.detach();
    return std::nullopt;
  }
  thread.join();
  return outcome->status;
}

}  // namespace crawlhub
