#include "host/errors/manager.hpp"

#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <stdlib.h>
#include <unistd.h>

#include "host/core/thread_pool.hpp"
#include "host/core/unique_fd.hpp"
#include "host/events/bus.hpp"
#include "host/observe/log.hpp"

using namespace crawlhub;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

struct Hub {
  explicit Hub(ErrorManager::Options options = {}) {
    std::string name = "/tmp/crawlhub-errors-XXXXXX";
    fd.reset(::mkstemp(name.data()));
    ::unlink(name.c_str());
    Logger::Options log_options;
    log_options.fd = fd.get();
    log_options.colour = false;
    logger.emplace(log_options);
    errors.emplace(options, *logger, bus, pool);
  }

  std::string log() {
    errors.reset();
    logger.reset();
    std::string text(1 << 20, '\0');
    const ssize_t n = ::pread(fd.get(), text.data(), text.size(), 0);
    text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return text;
  }
  void raise(std::int32_t code, std::string message, std::int32_t severity = 0) {
    ErrorRecord record;
    record.code = code;
    record.severity = severity;
    record.message = std::move(message);
    errors->raise(std::move(record));
  }

  UniqueFd fd;
  EventBus bus;
  ThreadPool pool{{}};
  std::optional<Logger> logger;
  std::optional<ErrorManager> errors;
};

// What a notifier was told, in order.
class Told {
 public:
  ErrorManager::Notifier notifier(int failures = 0) {
    return [this, failures](const ErrorNotice& notice) mutable {
      const std::lock_guard lock(mutex_);
      ++attempts_;
      if (failures-- > 0) return false;
      notices_.push_back(notice);
      return true;
    };
  }
  std::vector<ErrorNotice> notices() {
    const std::lock_guard lock(mutex_);
    return notices_;
  }
  int attempts() {
    const std::lock_guard lock(mutex_);
    return attempts_;
  }
  void wait_for(std::size_t count) {
    while (notices().size() < count) std::this_thread::yield();
  }

 private:
  std::mutex mutex_;
  std::vector<ErrorNotice> notices_;
  int attempts_ = 0;
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("errors are counted by category and severity, and grouped by message") {
  Hub hub;
  hub.raise(CRAWLHUB_E_JOB_FAILED, "job job_a1 failed");
  hub.raise(CRAWLHUB_E_JOB_FAILED, "job job_b2 failed", CRAWLHUB_SEVERITY_HIGH);
  hub.raise(CRAWLHUB_E_NOT_JSON, "not JSON");
  hub.raise(999, "no such code");
  hub.errors->flush();
  const json stats = json::parse(hub.errors->stats_json());
  CHECK(stats["totalErrors"] == 4);
  CHECK(stats["errorsByCategory"]["job_processing"] == 2);
  CHECK(stats["errorsByCategory"]["message_parsing"] == 1);
  CHECK(stats["errorsByCategory"]["internal"] == 1);  // what a wrong code is
  CHECK(stats["errorsByCategory"]["network"] == 0);
  CHECK(stats["errorsBySeverity"]["medium"] == 2);
  CHECK(stats["errorsBySeverity"]["high"] == 1);
  CHECK(stats["errorRate"] == 4);
  CHECK(stats["topErrors"][0]["message"] == "job job_b2 failed");
  CHECK(stats["topErrors"][0]["count"] == 2);
  CHECK(stats["topErrors"][0]["lastOccurrence"].get<std::string>().size() == 24);
  CHECK(stats["trends"] == json({{"increasing", true}, {"changePercentage", 100.0}, {"timeWindow", "1h"}}));
}

TEST_CASE("an error is logged with its code and ids, and without secrets") {
  Hub hub;
  ErrorRecord record;
  record.code = CRAWLHUB_E_NO_ACCOUNT;
  record.message = "no account for https://bob:sesame@gitlab.example";
  record.job = "job_7";
  hub.errors->raise(record);
  hub.errors->flush();
  const std::string log = hub.log();
  INFO(log);
  CHECK(log.find("code=no_account") != std::string::npos);
  CHECK(log.find("job=job_7") != std::string::npos);
  CHECK(log.find("sesame") == std::string::npos);
}

TEST_CASE("a flood of one error costs a few lines of log, and is counted whole") {
  ErrorManager::Options options;
  options.queue = 1000000;
  Hub hub(options);
  for (int i = 0; i < 5000; ++i) hub.raise(CRAWLHUB_E_INVALID_FIELD, "field " + std::to_string(i));
  hub.errors->flush();
  CHECK(hub.errors->total() == 5000);
  CHECK(count(hub.log(), "code=invalid_field") < 500);
}

TEST_CASE("raising never waits, and what finds the queue full is counted at least") {
  ErrorManager::Options options;
  options.queue = 8;
  Hub hub(options);
  constexpr int kThreads = 4;
  constexpr int kEach = 5000;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) hub.raise(CRAWLHUB_E_INVALID_FIELD, "x");
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(hub.errors->total() == kThreads * kEach);
  CHECK(hub.errors->by_category(CRAWLHUB_CATEGORY_VALIDATION) == kThreads * kEach);
}

TEST_CASE("what was raised before there was a sink is kept once there is one, in order") {
  Hub hub;
  std::vector<std::string> kept;
  hub.raise(CRAWLHUB_E_INTERNAL, "first");
  hub.errors->flush();
  hub.errors->set_sink([&](const std::vector<ErrorRecord>& records) {
    for (const ErrorRecord& record : records) kept.push_back(record.message);
    CHECK(records.front().id.starts_with("err_"));
    CHECK(records.front().time_ns > 0);
  });
  hub.raise(CRAWLHUB_E_INTERNAL, "second");
  hub.errors->flush();
  CHECK(kept == std::vector<std::string>{"first", "second"});
}

TEST_CASE("details that are no JSON object are kept as text in one") {
  Hub hub;
  std::vector<ErrorRecord> kept;
  hub.errors->set_sink([&](const auto& records) { kept.insert(kept.end(), records.begin(), records.end()); });
  ErrorRecord record;
  record.code = CRAWLHUB_E_INTERNAL;
  record.details = "{broken";
  hub.errors->raise(record);
  hub.errors->flush();
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].details == R"({"text":"{broken"})");
  CHECK(kept[0].message == "a defect in the hub or a plugin");  // the code's own, where none was given
}

TEST_CASE("people are told past the threshold, once, and again when it is over") {
  ErrorManager::Options options;
  options.threshold = 3;
  options.cooldown = 50ms;
  Hub hub(options);
  Told told;
  hub.errors->add_notifier("test", told.notifier());
  hub.raise(CRAWLHUB_E_INTERNAL, "one");
  hub.raise(CRAWLHUB_E_INTERNAL, "two");
  hub.raise(CRAWLHUB_E_JOB_FAILED, "of no concern");
  hub.errors->flush();
  CHECK(told.notices().empty());
  hub.raise(CRAWLHUB_E_INTERNAL, "three");
  told.wait_for(2);
  const std::vector<ErrorNotice> notices = told.notices();
  CHECK_FALSE(notices[0].recovered);
  CHECK(notices[0].count == 3);
  CHECK(notices[0].newest.message == "three");
  CHECK(notices[0].first_ns <= notices[0].last_ns);
  CHECK(notices[1].recovered);
  CHECK(notices[1].newest.code == CRAWLHUB_E_INTERNAL);
}

TEST_CASE("a notifier that fails is tried again, and given up in the end") {
  ErrorManager::Options options;
  options.threshold = 1;
  options.backoff = 1ms;
  options.attempts = 3;
  Hub hub(options);
  Told recovers, never;
  hub.errors->add_notifier("recovers", recovers.notifier(2));
  hub.errors->add_notifier("never", never.notifier(1000));
  hub.raise(CRAWLHUB_E_INTERNAL, "x");
  recovers.wait_for(1);
  while (never.attempts() < 3) std::this_thread::yield();
  hub.errors->flush();
  CHECK(recovers.attempts() == 3);
  CHECK(never.notices().empty());
  const std::string log = hub.log();
  CHECK(count(log, "a notifier failed for good") == 1);
  CHECK(log.find("notifier=never") != std::string::npos);
}

TEST_CASE("a slow notifier delays neither the others nor who raises") {
  ErrorManager::Options options;
  options.threshold = 1;
  Hub hub(options);
  std::promise<void> go;
  std::shared_future<void> gone = go.get_future().share();
  hub.errors->add_notifier("slow", [gone](const ErrorNotice&) {
    gone.wait();
    return true;
  });
  Told told;
  hub.errors->add_notifier("fast", told.notifier());
  hub.raise(CRAWLHUB_E_INTERNAL, "x");
  told.wait_for(1);
  go.set_value();
  hub.errors->remove_notifier("slow");
  hub.errors->flush();
  CHECK(told.notices().size() == 1);
}

TEST_CASE("errors are published as events for whoever listens") {
  Hub hub;
  std::promise<std::string> seen;
  const auto subscription = hub.bus.subscribe("error.", 100, [&](const Event& event) {
    if (event.name == "error.occurred") seen.set_value(event.json);
  });
  hub.raise(CRAWLHUB_E_UNKNOWN_JOB, "no job \"x\"");
  const json record = json::parse(seen.get_future().get());
  CHECK(record["code"] == "unknown_job");
  CHECK(record["message"] == "no job \"x\"");
  CHECK(record["category"] == "job_processing");
}
