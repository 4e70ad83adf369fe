#include "host/errors/manager.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "host/core/clock.hpp"
#include "host/core/json_text.hpp"
#include "host/core/random_id.hpp"
#include "host/core/thread_name.hpp"
#include "host/core/thread_pool.hpp"
#include "host/envelope/envelope_parser.hpp"
#include "host/errors/catalogue.hpp"
#include "host/errors/deliveries.hpp"
#include "host/errors/error_log.hpp"
#include "host/errors/notice_policy.hpp"
#include "host/errors/statistics.hpp"
#include "host/events/bus.hpp"
#include "host/observe/log.hpp"
#include "host/observe/mask.hpp"

namespace crawlhub {

namespace {

constexpr std::int64_t kMinute_ns = 60'000'000'000;
constexpr std::int64_t kHour_ns = 60 * kMinute_ns;
constexpr std::size_t kMostTop = 10;
constexpr std::size_t kMostKept = 256;  // records in one call of the sink
constexpr std::int64_t kRetryPool_ns = 100'000'000;

constexpr std::size_t kCategories = CRAWLHUB_CATEGORY_INTERNAL + 1;
constexpr std::size_t kSeverities = CRAWLHUB_SEVERITY_CRITICAL + 1;

void mask(std::string& text) {
  if (std::string masked; mask_secrets(text, masked)) text = std::move(masked);
}

}  // namespace

struct ErrorManager::State {
  State(const Options& given, Logger& log, EventBus& events, ThreadPool& threads)
      : options(given),
        logger(log),
        bus(events),
        pool(threads),
        policy(given),
        deliveries(given),
        error_log(log) {}

  const Options options;
  Logger& logger;
  EventBus& bus;
  ThreadPool& pool;

  std::array<std::atomic<std::uint64_t>, kCategories> by_category{};
  std::array<std::atomic<std::uint64_t>, kSeverities> by_severity{};
  std::atomic<std::uint64_t> total{0}, overflowed{0};

  mutable std::mutex mutex;
  std::condition_variable wake;      // for the thread
  std::condition_variable progress;  // for those that wait for calls to end
  std::vector<ErrorRecord> raised;
  std::vector<ErrorRecord> unkept;  // for the sink
  std::shared_ptr<const Sink> sink;
  bool sink_running = false;
  std::int64_t sink_due = 0;
  bool working = false;  // the thread works on what was raised
  bool stopping = false;
  RateWindow rate;
  TopMessages top;
  NoticePolicy policy;
  Deliveries deliveries;

  // Of the thread alone.
  ErrorLog error_log;
  EnvelopeParser parser;
  std::thread thread;

  void run(const std::shared_ptr<State>& self);
  void process(std::vector<ErrorRecord>& records);
  void complete(ErrorRecord& record);
  void announce(const ErrorRecord& record);
  void count_locked(const std::vector<ErrorRecord>& records, std::int64_t now);
  void collect_notices_locked(std::int64_t now);
  void start_calls_locked(const std::shared_ptr<State>& self, std::int64_t now);
  void start_sink_locked(const std::shared_ptr<State>& self, std::int64_t now);
  std::int64_t next_due_locked() const;
  bool idle_locked(std::int64_t now) const;
  void deliver(const Deliveries::Attempt& attempt);
  void keep(const Sink& to, const std::vector<ErrorRecord>& records);
};

// Fills in what the manager knows, and hides secrets before anything leaves it.
void ErrorManager::State::complete(ErrorRecord& record) {
  record.id = random_id("err_");
  mask(record.message);
  mask(record.details);
  mask(record.stack);
  if (!record.details.empty() && (record.details.front() != '{' || !parser.check_value(record.details))) {
    std::string object;
    JsonWriter(object).begin_object().field("text", record.details).end_object();
    record.details = std::move(object);
  }
}

void ErrorManager::State::announce(const ErrorRecord& record) {
  if (!bus.wanted("error.occurred")) return;
  std::string json;
  JsonWriter writer(json);
  append_error_record(writer, record);
  bus.publish("error.occurred", json);
}

void ErrorManager::State::process(std::vector<ErrorRecord>& records) {
  const std::int64_t now = monotonic_ns();
  for (ErrorRecord& record : records) {
    complete(record);
    error_log.write(record, now);
    announce(record);
  }
  error_log.tell_left_out(now);
}

void ErrorManager::State::count_locked(const std::vector<ErrorRecord>& records, std::int64_t now) {
  for (const ErrorRecord& record : records) {
    top.add(record.message, record.time_ns);
    policy.add(record, now);
    if (unkept.size() < options.queue) {
      unkept.push_back(record);
    } else {
      overflowed.fetch_add(1, std::memory_order_relaxed);
    }
  }
}

void ErrorManager::State::collect_notices_locked(std::int64_t now) {
  std::vector<ErrorNotice> notices;
  policy.collect(now, notices);
  for (const ErrorNotice& notice : notices) {
    deliveries.push(notice);
    std::string json;
    JsonWriter(json)
        .begin_object()
        .field("code", catalogue_entry(notice.newest.code).wire)
        .field("count", notice.count)
        .field("message", notice.newest.message)
        .end_object();
    bus.publish(notice.recovered ? "error.recovered" : "error.threshold_exceeded", json);
  }
}

void ErrorManager::State::deliver(const Deliveries::Attempt& attempt) {
  const bool told = (*attempt.call)(*attempt.notice);
  Deliveries::Outcome outcome{};
  {
    const std::lock_guard lock(mutex);
    outcome = deliveries.finish(attempt.notifier, told, monotonic_ns());
    // Not after the lock: who waits for progress may end all of this.
    if (outcome == Deliveries::Outcome::given_up) {
      logger.error("errors", "a notifier failed for good, so that nobody was told by it",
                   {{"notifier", attempt.notifier}, {"message", attempt.notice->newest.message}});
    } else if (told) {
      std::string json;
      JsonWriter(json).begin_object().field("notifier", attempt.notifier).end_object();
      bus.publish("error.notification_sent", json);
    }
    progress.notify_all();
    wake.notify_one();
  }
}

void ErrorManager::State::keep(const Sink& to, const std::vector<ErrorRecord>& records) {
  to(records);
  const std::lock_guard lock(mutex);
  sink_running = false;
  progress.notify_all();
  wake.notify_one();
}

void ErrorManager::State::start_sink_locked(const std::shared_ptr<State>& self, std::int64_t now) {
  if (!sink || sink_running || unkept.empty() || now < sink_due) return;
  const auto end = unkept.begin() + static_cast<std::ptrdiff_t>(std::min(unkept.size(), kMostKept));
  auto batch = std::make_shared<std::vector<ErrorRecord>>(unkept.begin(), end);
  if (!pool.post([self, batch, to = sink] { self->keep(*to, *batch); })) {
    sink_due = now + kRetryPool_ns;
    return;
  }
  unkept.erase(unkept.begin(), end);
  sink_running = true;
}

void ErrorManager::State::start_calls_locked(const std::shared_ptr<State>& self, std::int64_t now) {
  start_sink_locked(self, now);
  while (auto attempt = deliveries.take(now)) {
    if (!pool.post([self, attempt = *attempt] { self->deliver(attempt); })) {
      deliveries.postpone(attempt->notifier, now);
    }
  }
}

std::int64_t ErrorManager::State::next_due_locked() const {
  std::int64_t due = INT64_MAX;
  for (const auto& at : {policy.next_due(), deliveries.next_due(), error_log.next_due()}) {
    due = std::min(due, at.value_or(INT64_MAX));
  }
  if (sink && !sink_running && !unkept.empty()) due = std::min(due, sink_due);
  return due;
}

bool ErrorManager::State::idle_locked(std::int64_t now) const {
  const bool to_keep = sink && !unkept.empty() && sink_due <= now;
  return raised.empty() && !working && !sink_running && !to_keep && !deliveries.any_running() &&
         deliveries.next_due().value_or(INT64_MAX) > now;
}

void ErrorManager::State::run(const std::shared_ptr<State>& self) {
  set_thread_name("errors");
  std::vector<ErrorRecord> records;
  std::unique_lock lock(mutex);
  while (!stopping || !raised.empty()) {
    records.swap(raised);
    working = true;
    lock.unlock();
    process(records);
    lock.lock();
    const std::int64_t now = monotonic_ns();
    count_locked(records, now);
    records.clear();
    collect_notices_locked(now);
    start_calls_locked(self, now);
    working = false;
    progress.notify_all();
    if (stopping || !raised.empty()) continue;
    const std::int64_t due = next_due_locked();
    const auto ready = [this] { return stopping || !raised.empty(); };
    if (due == INT64_MAX) {
      wake.wait(lock);
    } else if (due > now && !ready()) {
      wake.wait_for(lock, std::chrono::nanoseconds(due - now));
    }
  }
}

ErrorManager::ErrorManager(const Options& options, Logger& logger, EventBus& bus, ThreadPool& pool)
    : state_(std::make_shared<State>(options, logger, bus, pool)) {
  state_->thread = std::thread([self = state_] { self->run(self); });
}

ErrorManager::~ErrorManager() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_one();
  state_->thread.join();
  std::unique_lock lock(state_->mutex);
  state_->progress.wait(lock, [this] { return !state_->sink_running && !state_->deliveries.any_running(); });
}

void ErrorManager::raise(ErrorRecord record) noexcept {
  State& state = *state_;
  const CatalogueEntry& entry = catalogue_entry(record.code);
  record.code = entry.code;
  record.category = entry.category;
  if (record.severity < CRAWLHUB_SEVERITY_LOW || record.severity > CRAWLHUB_SEVERITY_CRITICAL) {
    record.severity = entry.severity;
  }
  record.time_ns = wall_ns();
  state.total.fetch_add(1, std::memory_order_relaxed);
  state.by_category[static_cast<std::size_t>(record.category)].fetch_add(1, std::memory_order_relaxed);
  state.by_severity[static_cast<std::size_t>(record.severity)].fetch_add(1, std::memory_order_relaxed);
  try {
    if (record.message.empty()) record.message = entry.text;
    const std::lock_guard lock(state.mutex);
    state.rate.add(monotonic_ns());
    if (state.raised.size() < state.options.queue) {
      state.raised.push_back(std::move(record));
      if (state.raised.size() == 1) state.wake.notify_one();
      return;
    }
  } catch (...) {  // No memory for it: it is counted at least.
  }
  state.overflowed.fetch_add(1, std::memory_order_relaxed);
}

void ErrorManager::set_sink(Sink sink) {
  std::unique_lock lock(state_->mutex);
  state_->progress.wait(lock, [this] { return !state_->sink_running; });
  state_->sink = sink ? std::make_shared<const Sink>(std::move(sink)) : nullptr;
  state_->wake.notify_one();
}

void ErrorManager::add_notifier(std::string name, Notifier notifier) {
  remove_notifier(name);
  const std::lock_guard lock(state_->mutex);
  state_->deliveries.add_notifier(std::move(name), std::move(notifier));
}

void ErrorManager::remove_notifier(std::string_view name) {
  std::unique_lock lock(state_->mutex);
  state_->progress.wait(lock, [&] { return !state_->deliveries.running(name); });
  state_->deliveries.remove_notifier(name);
}

void ErrorManager::flush() {
  std::unique_lock lock(state_->mutex);
  state_->wake.notify_one();
  state_->progress.wait(lock, [this] { return state_->idle_locked(monotonic_ns()); });
}

std::string ErrorManager::stats_json() const {
  const State& state = *state_;
  const std::lock_guard lock(state.mutex);
  const std::int64_t now = monotonic_ns();
  std::string text;
  JsonWriter to(text);
  to.begin_object().field("totalErrors", total());
  to.key("errorsByCategory").begin_object();
  for (std::int32_t i = 1; i < static_cast<std::int32_t>(kCategories); ++i)
    to.field(category_name(i), by_category(i));
  to.end_object().key("errorsBySeverity").begin_object();
  for (std::int32_t i = 1; i < static_cast<std::int32_t>(kSeverities); ++i)
    to.field(severity_name(i), by_severity(i));
  to.end_object().field("errorRate", state.rate.sum(now, kMinute_ns)).key("topErrors").begin_array();
  for (const TopMessages::Group& group : state.top.top(kMostTop)) {
    to.begin_object().field("message", group.message).field("count", group.count);
    to.field("lastOccurrence", format_iso8601(group.last_ns)).end_object();
  }
  const auto newer = static_cast<double>(state.rate.sum(now, kHour_ns));
  const auto older = static_cast<double>(state.rate.sum(now, kHour_ns, kHour_ns));
  const double change = older > 0 ? (newer - older) / older * 100 : (newer > 0 ? 100.0 : 0.0);
  to.end_array()
      .key("trends")
      .begin_object()
      .field("increasing", newer > older)
      .field("changePercentage", change);
  to.field("timeWindow", "1h").end_object().end_object();
  return text;
}

std::uint64_t ErrorManager::total() const {
  return state_->total.load(std::memory_order_relaxed);
}

std::uint64_t ErrorManager::by_category(std::int32_t category) const {
  return category > 0 && category < static_cast<std::int32_t>(kCategories)
             ? state_->by_category[static_cast<std::size_t>(category)].load(std::memory_order_relaxed)
             : 0;
}

std::uint64_t ErrorManager::by_severity(std::int32_t severity) const {
  return severity > 0 && severity < static_cast<std::int32_t>(kSeverities)
             ? state_->by_severity[static_cast<std::size_t>(severity)].load(std::memory_order_relaxed)
             : 0;
}

std::uint64_t ErrorManager::overflowed() const {
  return state_->overflowed.load(std::memory_order_relaxed);
}

}  // namespace crawlhub
