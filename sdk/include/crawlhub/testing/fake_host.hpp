// The host's side of the ABI, for tests of a plugin on its own: it records what the plugin does, and says
// what the test tells it to. It keeps no state of jobs; a test that needs a real storage runs the real hub.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/abi/host.h>
#include <crawlhub/host.hpp>
#include <crawlhub/testing/fake_connection.hpp>
#include <crawlhub/testing/records.hpp>

namespace crawlhub::inline sdk::testing {

class FakeHost;

// What a plugin holds as crawlhub_call. Exchange and link outlive it.
struct FakeCall {
  FakeHost* host;
  FakeLink* link;
  Exchange* exchange;
  bool can_reply = true;
};

// A list of operations that waits for its results.
struct Submission {
  Exchange* exchange;
  FakeLink* link;
  std::size_t first, count;  // in exchange->ops
  crawlhub_continuation then;
  void* context;
};

// Thread: the functions that the ABI marks [any] may be called from threads of the plugin; read records under
// wait_until or when those threads rest.
class FakeHost {
 public:
  FakeHost();
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  // What the plugin gets. Lives: as long as this.
  const crawlhub_host* table() const noexcept { return &table_; }

  // ---- scripts, to be set before they are needed ----

  // What the storage says to an operation; default: accepts everything.
  std::function<ScriptedResult(const RecordedOp&)> on_op = [](const RecordedOp&) { return ScriptedResult{}; };
  // What it answers; default: FAILED.
  std::function<Answer(std::uint32_t kind, std::string_view parameters)> on_query = [](std::uint32_t,
                                                                                       std::string_view) {
    return Answer{Outcome::kFailed, "the test scripted no query"};
  };
  std::int64_t now_ns = 1'700'000'000'000'000'000;
  std::int64_t monotonic_ns = 1'000'000'000;
  std::uint32_t lanes = 4;
  std::uint32_t lane = 0;
  std::uint32_t state = 0;
  std::string state_directory = "/nonexistent", config_directory = "/nonexistent";
  // The bound on open tokens.
  std::size_t max_tokens = 1000;

  // ---- records ----

  std::vector<RegisteredType> types;
  std::map<std::string, crawlhub_status (*)(void*, crawlhub_command_call*, crawlhub_str)> commands;
  // By kind (CRAWLHUB_SECTION_*) and name.
  std::map<std::pair<std::uint32_t, std::string>, void (*)(void*, crawlhub_sink, void*)> sections;
  std::vector<std::string> capabilities, subscriptions;
  std::vector<std::pair<crawlhub_timer, void*>> timers;
  std::vector<LogLine> logs;
  std::vector<PublishedEvent> events;
  std::vector<RaisedProblem> problems;
  std::vector<ClosedConnection> closed;
  std::vector<RecordedOp> committed;  // by commit, outside of any call

  // Whether a log line of at least that level contains text.
  bool logged(std::string_view text, std::int32_t level = CRAWLHUB_LOG_TRACE);
  // Waits until condition, evaluated under the records' lock after each change, holds. False after the
  // timeout.
  bool wait_until(const std::function<bool()>& condition,
                  std::chrono::seconds timeout = std::chrono::seconds(10));

  // ---- for the harness ----

  FakeLink& add_link(std::uint32_t flags, std::string crawler_id);
  Exchange& add_exchange();
  // Gives every submission its results, in order, and runs their continuations, until none waits.
  void settle(void* self);
  // Whether a token of that exchange still waits for its complete. REQUIRES: under the lock of the records.
  bool is_open(const Exchange& exchange) const;
  bool registering = false;  // inside create
  void* self = nullptr;      // what create yielded

 private:
  struct Table : crawlhub_host {
    FakeHost* owner;
  };
  struct Open {  // a deferred call
    FakeLink* link;
    Exchange* exchange;
  };
  friend struct FakeCallFunctions;
  friend struct FakeHostFunctions;

  void give_results(void* self, const Submission& submission);

  Table table_{};
  std::recursive_mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<FakeLink> links_;
  std::deque<Exchange> exchanges_;
  std::deque<Submission> waiting_;
  std::map<crawlhub_token, Open> tokens_;
  crawlhub_token last_token_ = 0;
};

}  // namespace crawlhub::inline sdk::testing

#include <crawlhub/testing/fake_host_functions.hpp>
