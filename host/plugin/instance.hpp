#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "host/commands/registry.hpp"
#include "host/core/status.hpp"
#include "host/plugin/call_gate.hpp"
#include "host/plugin/descriptor.hpp"
#include "host/plugin/registrations.hpp"

namespace crawlhub {

struct HostTable;
class Library;
class Logger;
class Services;

struct InstanceOptions {
  std::string name;           // of the YAML entry
  std::int32_t priority = 0;  // among handlers of one type the highest is asked first
  std::uint32_t control_lane = 0;
  std::chrono::nanoseconds lifecycle_timeout{std::chrono::seconds(30)};  // of create, start, destroy, probe
};

// One entry of `plugins`: a plugin's code with a state of its own. Life: create, start, stop, destroy, each
// at most once and in this order; after create fails none follows, after start fails destroy only. Each runs
// on a thread of its own; one that does not return in time is abandoned: nothing more is called, and the
// library stays. Thread: control for the life cycle; any for what is const and for the counters.
class Instance : public std::enable_shared_from_this<Instance> {
 public:
  enum class State : std::uint8_t {
    loaded,
    creating,
    created,
    starting,
    serving,
    stopping,
    stopped,
    destroyed,
    failed,
    abandoned
  };

  // library, services and logger must outlive it; an abandoned one never dies, so that with one of these the
  // process must leave by _exit.
  static std::shared_ptr<Instance> make(std::shared_ptr<Library> library, InstanceOptions options,
                                        Services& services, Logger& logger);
  ~Instance();

  // ---- life cycle ----
  Status create(std::string_view config_json);
  Status start();
  // Lets commands, timers, sections and events that run end, then stops. REQUIRES: no worker can reach it any
  // more.
  Status stop(std::chrono::nanoseconds timeout);
  // Does nothing where it is not due: create failed, it was done, or the instance is abandoned.
  Status destroy();
  // Whatever of stop and destroy is still due; failures are logged.
  void end(std::chrono::nanoseconds stop_timeout);
  // Read-only: could start work? Appends what the plugin finds, one sentence each. Only between create and
  // destroy.
  Status probe(std::vector<std::string>& findings);

  // ---- what it is ----
  const std::string& name() const { return options_.name; }
  std::uint32_t kind() const { return descriptor_.kind; }
  const std::string& version() const { return descriptor_.version; }
  const Descriptor& descriptor() const { return descriptor_; }
  std::int32_t priority() const { return options_.priority; }
  State state() const { return state_.load(std::memory_order_acquire); }
  // Why it failed or was abandoned: a sentence that names the call. Thread: control.
  const std::string& reason() const { return reason_; }

  // The table of its kind; null where it is of another kind. Lives: with the instance.
  const crawlhub_handler* handler() const;
  const crawlhub_middleware* middleware() const;
  const crawlhub_storage* storage() const;
  const crawlhub_notifier* notifier() const;
  // REQUIRES: created.
  void* self() const { return self_; }

  // ---- what it registered in create ----
  const std::vector<RegisteredType>& types() const { return registrations_.types; }
  const std::vector<std::string>& capabilities() const { return registrations_.capabilities; }
  const std::vector<RegisteredSection>& sections() const { return registrations_.sections; }
  const std::vector<std::string>& subscriptions() const { return registrations_.subscriptions; }
  // Ready for the registry, with the instance's name as owner. They keep the instance alive.
  std::vector<Command> commands();

  // ---- calls from threads that may wait; they are refused once stop() began ----
  // Asks for the section's text. False where it does not serve, or the text is not what the kind demands
  // (logged).
  bool run_section(const RegisteredSection& section, std::string& text);
  void deliver_event(std::string_view name, std::string_view json);
  // Returns: OK; FAILED: try again; GONE: it does not serve.
  crawlhub_status notify(const crawlhub_notice& notice);
  // False where it does not serve: the timer is over.
  bool run_timer(crawlhub_timer fn, void* context);
  // Keeps stop() waiting while it lives; false after stop() began. For timers and continuations in the pool.
  CallGate::Pass enter() { return gate_.enter(); }

  // ---- counters: one writer a lane ----
  void count_call(std::uint32_t lane) noexcept { add(lane, &LaneCounters::calls); }
  void count_failure(std::uint32_t lane) noexcept { add(lane, &LaneCounters::failures); }
  std::uint64_t calls() const { return sum(&LaneCounters::calls); }
  std::uint64_t failures() const { return sum(&LaneCounters::failures); }

  // The plugin logged an error: kept as the reason of the life-cycle call that runs, if one does. Thread:
  // any.
  void note_complaint(std::string_view text);

  Services& services() const { return services_; }
  Logger& logger() const { return logger_; }

 private:
  friend struct HostTable;
  // A line of the cache each: lanes do not disturb one another.
  struct alignas(64) LaneCounters {
    std::atomic<std::uint64_t> calls{0}, failures{0};
  };
  using CounterOf = std::atomic<std::uint64_t> LaneCounters::*;

  Instance(std::shared_ptr<Library> library, InstanceOptions options, Services& services, Logger& logger);

  // A life-cycle call on a thread of its own.
  Status run(std::string_view call, std::chrono::nanoseconds timeout, std::function<crawlhub_status()> fn);
  Status fail(State state, std::string why);
  CommandAnswer run_command(const RegisteredCommand& command, std::string_view arguments);
  void add(std::uint32_t lane, CounterOf counter) noexcept;
  std::uint64_t sum(CounterOf counter) const;

  std::shared_ptr<Library> library_;
  const Descriptor& descriptor_;  // of library_
  const InstanceOptions options_;
  Services& services_;
  Logger& logger_;
  std::unique_ptr<HostTable> host_;
  Registrations registrations_;
  CallGate gate_;
  std::vector<LaneCounters> counters_;
  void* self_ = nullptr;
  bool destroy_due_ = false;
  std::string reason_;
  std::mutex complaint_mutex_;
  std::string complaint_;  // guarded by complaint_mutex_
  std::atomic<State> state_{State::loaded};
};

std::string_view to_string(Instance::State state);

}  // namespace crawlhub
