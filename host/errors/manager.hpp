#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/abi/errors.h>

namespace crawlhub {

class EventBus;
class Logger;
class ThreadPool;

// An error as the hub keeps it: counted, grouped, logged, and handed to notifiers past a threshold.
struct ErrorRecord {
  std::int32_t code = 0;      // CRAWLHUB_E_*
  std::int32_t severity = 0;  // 0: the code's own
  std::string message, details, stack;
  std::string connection, job, crawler, account;
  std::string plugin;  // who raised it; empty: the host

  // Filled by the manager.
  std::string id;            // "err_..."
  std::int64_t time_ns = 0;  // wall clock
  std::int32_t category = 0;
};

// What a notifier tells people (crawlhub/abi/notifier.h).
struct ErrorNotice {
  bool recovered = false;
  std::uint64_t count = 0;                 // errors of this code since the last notice
  std::int64_t first_ns = 0, last_ns = 0;  // wall clock
  ErrorRecord newest;
};

// Takes errors from every thread, counts them exactly, and on a thread of its own groups, logs and publishes
// them, keeps them (sink) and tells notifiers. What waits calls out on the pool. Thread: any, unless it says
// otherwise.
class ErrorManager {
 public:
  struct Options {
    std::size_t queue = 4096;  // errors that may wait; more are counted only
    // Notified is what is at least this severe, and every refused authentication of severity high ...
    std::int32_t severity = CRAWLHUB_SEVERITY_CRITICAL;
    // ... once so many of them came within a window; then at most one notice per code in a cool-down.
    std::uint64_t threshold = 10;
    std::chrono::nanoseconds window{std::chrono::hours(1)};
    std::chrono::nanoseconds cooldown{std::chrono::minutes(5)};
    // A notifier that fails is tried again, so often, with a doubling wait.
    std::uint32_t attempts = 5;
    std::chrono::nanoseconds backoff{std::chrono::seconds(1)};
  };
  // Keeps records for good; may wait; must raise nothing. Thread: pool, one call at a time.
  using Sink = std::function<void(const std::vector<ErrorRecord>& records)>;
  // May wait. False: it is tried again later. Thread: pool, one call at a time per notifier.
  using Notifier = std::function<bool(const ErrorNotice& notice)>;

  // All must outlive it.
  ErrorManager(const Options& options, Logger& logger, EventBus& bus, ThreadPool& pool);
  ~ErrorManager();
  ErrorManager(const ErrorManager&) = delete;
  ErrorManager& operator=(const ErrorManager&) = delete;

  // Cheap, never waits for anything but a short lock. Does not throw.
  void raise(ErrorRecord record) noexcept;

  void set_sink(Sink sink);
  // One of the same name is replaced.
  void add_notifier(std::string name, Notifier notifier);
  // Returns when no call of it runs any more.
  void remove_notifier(std::string_view name);

  // Works off what was raised so far: for the end of the process, and tests.
  void flush();

  // The answer of errors.stats: {totalErrors, errorsByCategory, errorsBySeverity, errorRate, topErrors,
  // trends}.
  std::string stats_json() const;

  std::uint64_t total() const;
  std::uint64_t by_category(std::int32_t category) const;
  std::uint64_t by_severity(std::int32_t severity) const;
  // Errors that were counted, but neither logged nor kept, since the queue was full.
  std::uint64_t overflowed() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace crawlhub
