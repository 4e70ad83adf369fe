// What a plugin may ask of the host: the table of abi/host.h, in C++.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <crawlhub/abi/host.h>
#include <crawlhub/call.hpp>
#include <crawlhub/command.hpp>
#include <crawlhub/message.hpp>
#include <crawlhub/ops.hpp>
#include <crawlhub/outcome.hpp>
#include <crawlhub/problem.hpp>
#include <crawlhub/thunk.hpp>

namespace crawlhub::inline sdk {

// What the storage answered.
struct Answer {
  Outcome outcome = Outcome::kFailed;  // kOk; else kRefused or kFailed
  std::string text;                    // JSON; where not kOk, the reason
  explicit operator bool() const noexcept { return ok(outcome); }
};

// A handle to the host, valid until the instance is destroyed; copy it as you like.
class Host {
 public:
  explicit Host(const crawlhub_host* table) noexcept : table_(table) {}
  const crawlhub_host* table() const noexcept { return table_; }

  // ---- registration: in create only; elsewhere kFailed or kInvalid. Thread: [control] ----

  // The instance answers messages of type, or with CRAWLHUB_TYPE_OBSERVE observes them; flags:
  // CRAWLHUB_TYPE_*. message.route() will be route.
  Outcome add_type(std::string_view type, std::uint32_t flags = 0, std::uint32_t route = 0) const {
    return Outcome{table_->add_type(table_, str(type), flags, route)};
  }
  // Fn: Outcome(CommandCall&, std::string_view arguments), a member function of the plugin class (or a lambda
  // without captures, whose first parameter is the plugin class). arguments: JSON object, checked against
  // spec.input.
  template <auto Fn>
  Outcome add_command(const CommandSpec& spec) const;
  // A capability of hello that this plugin gives to crawlers that ask for it.
  Outcome add_capability(std::string_view name) const {
    return Outcome{table_->add_capability(table_, str(name))};
  }
  // A part of status, metrics or drain. kind: CRAWLHUB_SECTION_*. Fn: a member function std::string() that
  // makes the text; [pool], may wait a little.
  template <auto Fn>
  Outcome add_section(std::uint32_t kind, std::string_view name) const;
  // The instance's event function gets events whose name begins with prefix.
  Outcome subscribe(std::string_view prefix) const { return Outcome{table_->subscribe(table_, str(prefix))}; }

  // ---- storage without a connection. These wait. Thread: [pool], and query also in start ----

  // Commits the operations; then(Results) runs before it returns. Returns kOk; kFailed (a storage outage);
  // kBusy.
  template <class Then>
  Outcome commit(OpBuilder& ops, Then&& then) const;
  // parameters: JSON, by the kind (CRAWLHUB_QUERY_*).
  Answer query(std::uint32_t kind, std::string_view parameters) const {
    Answer answer;
    answer.outcome = Outcome{table_->query(table_, kind, str(parameters), append_to_string, &answer.text)};
    return answer;
  }

  // ---- anywhere. Thread: any ----

  // Each argument is text, a number, a character or a bool; they are joined as they are: info("took ", n, "
  // jobs"). Nothing is built where the level is not written. A log line is for a person, never holds secrets.
  template <class... Parts>
  void log(std::int32_t level, const Parts&... parts) const {
    if (table_->log_enabled(table_, level) == 0) return;
    const std::string text = join(parts...);
    table_->log(table_, level, str(text));
  }
  template <class... Parts>
  void debug(const Parts&... parts) const {
    log(CRAWLHUB_LOG_DEBUG, parts...);
  }
  template <class... Parts>
  void info(const Parts&... parts) const {
    log(CRAWLHUB_LOG_INFO, parts...);
  }
  template <class... Parts>
  void warn(const Parts&... parts) const {
    log(CRAWLHUB_LOG_WARN, parts...);
  }
  // Returns kFailed, so that create and start may `return host().error("cannot open ", path);`.
  template <class... Parts>
  Outcome error(const Parts&... parts) const {
    log(CRAWLHUB_LOG_ERROR, parts...);
    return Outcome::kFailed;
  }

  std::int64_t now_ns() const { return table_->now_ns(table_); }              // wall clock, since 1970 UTC
  std::int64_t monotonic_ns() const { return table_->monotonic_ns(table_); }  // for durations
  // Lanes are numbered from 0; lane() is the running call's, and lane_count() on a thread of the plugin's
  // own.
  std::uint32_t lane_count() const { return table_->lane_count(table_); }
  std::uint32_t lane() const { return table_->lane(table_); }
  // The hub hands out nothing any more; it is about to end.
  bool draining() const { return (table_->state(table_) & CRAWLHUB_STATE_DRAINING) != 0; }
  bool stopping() const { return (table_->state(table_) & CRAWLHUB_STATE_STOPPING) != 0; }
  // These live until destroy. hub_id is the same after a restart, incarnation is new at each.
  std::string_view hub_id() const { return view(table_->hub_id(table_)); }
  std::string_view incarnation() const { return view(table_->incarnation(table_)); }
  // Absolute: where the plugin may keep files; and where relative paths of a config start.
  std::string_view state_directory() const { return view(table_->state_directory(table_)); }
  std::string_view config_directory() const { return view(table_->config_directory(table_)); }

  // Publishes an event. json: an object. Never waits.
  void publish(std::string_view name, std::string_view json) const {
    table_->publish(table_, str(name), str(json));
  }
  void raise(const Problem& problem) const {
    const crawlhub_error error = to_abi(problem);
    table_->raise(table_, &error);
  }
  // Sends a message to the connection with that id, as Call::reply does. Returns kOk (queued) or kGone.
  Outcome send(std::uint64_t connection, std::string_view type, std::string_view job_id,
               std::string_view data) const {
    return Outcome{table_->send(table_, connection, str(type), str(job_id), str(data))};
  }
  // Closes it. code: CRAWLHUB_E_*; reason: one sentence for its peer. Returns kOk or kGone.
  Outcome close(std::uint64_t connection, std::int32_t code, std::string_view reason) const {
    return Outcome{table_->close(table_, connection, code, str(reason))};
  }
  // Fn, a member function void(), runs in a pool lane each period until the instance stops. In start or
  // later. Returns kOk, kInvalid.
  template <auto Fn>
  Outcome every(std::chrono::nanoseconds period) const;
  // An optional area, such as "crawlhub.thread-check/1"; null where this host has none of that name.
  const void* extension(std::string_view name) const { return table_->extension(table_, str(name)); }

 private:
  const crawlhub_host* table_;
};

template <auto Fn>
Outcome Host::add_command(const CommandSpec& spec) const {
  crawlhub_command command{};
  command.struct_size = sizeof command;
  command.flags = spec.read_only ? CRAWLHUB_COMMAND_READ_ONLY : 0;
  command.name = str(spec.name);
  command.summary = str(spec.summary);
  command.role = str(spec.role);
  command.input = str(spec.input);
  command.columns = str(spec.columns);
  command.execute = &detail::execute<Fn>;
  return Outcome{table_->add_command(table_, &command)};
}

template <auto Fn>
Outcome Host::add_section(std::uint32_t kind, std::string_view name) const {
  return Outcome{table_->add_section(table_, kind, str(name), &detail::section<Fn>)};
}

template <auto Fn>
Outcome Host::every(std::chrono::nanoseconds period) const {
  return Outcome{table_->every(table_, period.count(), &detail::timer<Fn>, nullptr)};
}

template <class Then>
Outcome Host::commit(OpBuilder& ops, Then&& then) const {
  using Fn = std::remove_reference_t<Then>;
  constexpr auto kRun = [](void* self, crawlhub_call*, const crawlhub_result* results, std::uint64_t count,
                           std::uint64_t stride, void* context) noexcept {
    detail::guard(static_cast<PluginRoot*>(self)->table(), "a commit's continuation",
                  [&] { (*static_cast<Fn*>(context))(Results(results, count, stride)); });
  };
  const auto list = ops.ops();
  void* context = const_cast<void*>(static_cast<const void*>(&then));
  return Outcome{table_->commit(table_, list.data(), list.size(), kRun, context)};
}

}  // namespace crawlhub::inline sdk
