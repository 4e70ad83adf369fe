#include "host/plugin/instance.hpp"

#include <array>
#include <cassert>
#include <numeric>
#include <utility>

#include "host/core/clock.hpp"
#include "host/core/lane.hpp"
#include "host/core/units.hpp"
#include "host/observe/log.hpp"
#include "host/plugin/call_scope.hpp"
#include "host/plugin/host_table.hpp"
#include "host/plugin/library.hpp"
#include "host/plugin/lifecycle.hpp"
#include "host/plugin/ports.hpp"

namespace crawlhub {

namespace {

// How long past its deadline stop is waited for: a plugin that obeys the deadline returns a little after it.
constexpr std::chrono::nanoseconds kStopGrace = std::chrono::seconds(1);

// The life cycle is the same for every kind, but each has a table of its own.
template <class Use>
auto with_table(const Descriptor& descriptor, Use use) {
  switch (descriptor.kind) {
    case CRAWLHUB_KIND_MIDDLEWARE:
      return use(descriptor.middleware);
    case CRAWLHUB_KIND_STORAGE:
      return use(descriptor.storage);
    case CRAWLHUB_KIND_NOTIFIER:
      return use(descriptor.notifier);
    default:
      return use(descriptor.handler);
  }
}

}  // namespace

std::shared_ptr<Instance> Instance::make(std::shared_ptr<Library> library, InstanceOptions options,
                                         Services& services, Logger& logger) {
  return std::shared_ptr<Instance>(new Instance(std::move(library), std::move(options), services, logger));
}

Instance::Instance(std::shared_ptr<Library> library, InstanceOptions options, Services& services,
                   Logger& logger)
    : library_(std::move(library)),
      descriptor_(library_->descriptor()),
      options_(std::move(options)),
      services_(services),
      logger_(logger),
      host_(make_host_table(*this, registrations_)),
      counters_(services.lane_count()) {}

Instance::~Instance() {
  assert(!destroy_due_ || state() == State::abandoned);
}

const crawlhub_handler* Instance::handler() const {
  return descriptor_.kind == CRAWLHUB_KIND_HANDLER ? &descriptor_.handler : nullptr;
}
const crawlhub_middleware* Instance::middleware() const {
  return descriptor_.kind == CRAWLHUB_KIND_MIDDLEWARE ? &descriptor_.middleware : nullptr;
}
const crawlhub_storage* Instance::storage() const {
  return descriptor_.kind == CRAWLHUB_KIND_STORAGE ? &descriptor_.storage : nullptr;
}
const crawlhub_notifier* Instance::notifier() const {
  return descriptor_.kind == CRAWLHUB_KIND_NOTIFIER ? &descriptor_.notifier : nullptr;
}

Status Instance::create(std::string_view config_json) {
  assert(state() == State::loaded);
  state_.store(State::creating, std::memory_order_release);
  const auto made = std::make_shared<void*>(nullptr);
  const auto create = with_table(descriptor_, [](const auto& table) { return table.create; });
  Status status = run("create", options_.lifecycle_timeout,
                      [create, made, host = &host_->table, config = std::string(config_json)] {
                        return create(host, {config.data(), config.size()}, made.get());
                      });
  if (!status) return status;
  if (*made == nullptr) return fail(State::failed, "create returned OK without an instance");
  self_ = *made;
  destroy_due_ = true;
  state_.store(State::created, std::memory_order_release);
  return {};
}

Status Instance::start() {
  assert(state() == State::created);
  state_.store(State::starting, std::memory_order_release);
  if (const auto start = with_table(descriptor_, [](const auto& table) { return table.start; })) {
    Status status = run("start", options_.lifecycle_timeout, [start, self = self_] { return start(self); });
    if (!status) return status;
  }
  state_.store(State::serving, std::memory_order_release);
  return {};
}

Status Instance::stop(std::chrono::nanoseconds timeout) {
  assert(state() == State::serving);
  state_.store(State::stopping, std::memory_order_release);
  const std::int64_t deadline = monotonic_ns() + timeout.count();
  if (!gate_.close(timeout)) {
    return fail(State::abandoned,
                "stop could not begin: a command, timer, section or event of it still runs after " +
                    format_duration(timeout));
  }
  if (const auto stop = with_table(descriptor_, [](const auto& table) { return table.stop; })) {
    const auto left =
        std::max(std::chrono::nanoseconds(deadline - monotonic_ns()), std::chrono::nanoseconds(0));
    Status status =
        run("stop", left + kStopGrace, [stop, self = self_, deadline] { return stop(self, deadline); });
    if (!status) return status;
  }
  state_.store(State::stopped, std::memory_order_release);
  return {};
}

Status Instance::destroy() {
  const State before = state();
  if (!destroy_due_ || before == State::abandoned) return {};
  destroy_due_ = false;
  const auto destroy = with_table(descriptor_, [](const auto& table) { return table.destroy; });
  Status status = run("destroy", options_.lifecycle_timeout, [destroy, self = self_] {
    destroy(self);
    return CRAWLHUB_OK;
  });
  if (!status) return status;
  self_ = nullptr;
  if (before != State::failed) state_.store(State::destroyed, std::memory_order_release);
  return {};
}

void Instance::end(std::chrono::nanoseconds stop_timeout) {
  if (state() == State::serving) {
    if (Status status = stop(stop_timeout); !status) logger_.error(name(), status.text());
  }
  if (Status status = destroy(); !status) logger_.error(name(), status.text());
}

Status Instance::probe(std::vector<std::string>& findings) {
  assert(self_ != nullptr);
  const auto probe = with_table(descriptor_, [](const auto& table) { return table.probe; });
  if (probe == nullptr) return {};
  const auto found = std::make_shared<std::vector<std::string>>();
  const crawlhub_sink sink = [](void* to, crawlhub_str text) {
    if (text.ptr != nullptr) static_cast<std::vector<std::string>*>(to)->emplace_back(text.ptr, text.len);
  };
  Status status = run("probe", options_.lifecycle_timeout,
                      [probe, found, sink, self = self_] { return probe(self, sink, found.get()); });
  if (state() != State::abandoned) findings.insert(findings.end(), found->begin(), found->end());
  return status;
}

Status Instance::run(std::string_view call, std::chrono::nanoseconds timeout,
                     std::function<crawlhub_status()> fn) {
  {
    const std::lock_guard lock(complaint_mutex_);
    complaint_.clear();
  }
  const auto status = run_with_deadline(
      name(), options_.control_lane, timeout, [instance = shared_from_this(), fn = std::move(fn)] {
        CallScope scope(*instance, instance->options_.control_lane, Place::control);
        const crawlhub_status returned = fn();
        if (returned != CRAWLHUB_OK) scope.failed();
        return returned;
      });
  const std::string what(call);
  if (!status) return fail(State::abandoned, what + " did not return within " + format_duration(timeout));
  if (*status == CRAWLHUB_OK) return {};
  const bool known = *status == CRAWLHUB_FAILED || *status == CRAWLHUB_REFUSED;
  const std::lock_guard lock(complaint_mutex_);
  if (!known)
    return fail(State::failed, what + " returned " + std::to_string(*status) + ", expected OK or FAILED");
  return fail(State::failed, what + " failed: " + (complaint_.empty() ? "it gave no reason" : complaint_));
}

Status Instance::fail(State state, std::string why) {
  reason_ = "plugin " + name() + ": " + std::move(why);
  state_.store(state, std::memory_order_release);
  return {CRAWLHUB_E_PLUGIN_FAILED, reason_};
}

void Instance::note_complaint(std::string_view text) {
  const std::lock_guard lock(complaint_mutex_);
  complaint_ = text;
}

void Instance::add(std::uint32_t lane, CounterOf counter) noexcept {
  if (lane >= counters_.size()) return;  // a thread of the plugin's
  auto& count = counters_[lane].*counter;
  count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

std::uint64_t Instance::sum(CounterOf counter) const {
  return std::accumulate(counters_.begin(), counters_.end(), std::uint64_t{0},
                         [&](std::uint64_t total, const auto& lane) {
                           return total + (lane.*counter).load(std::memory_order_relaxed);
                         });
}

std::string_view to_string(Instance::State state) {
  constexpr std::array<std::string_view, 10> kNames = {"loaded",  "creating", "created", "starting",
                                                       "serving", "stopping", "stopped", "destroyed",
                                                       "failed",  "abandoned"};
  return kNames[static_cast<std::size_t>(state)];
}

}  // namespace crawlhub
