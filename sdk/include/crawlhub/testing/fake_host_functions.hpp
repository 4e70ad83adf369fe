// The rest of the table of FakeHost. Included by fake_host.hpp.
#pragma once

#include <crawlhub/testing/fake_call_functions.hpp>

namespace crawlhub::inline sdk::testing {

struct FakeHostFunctions : FakeCallFunctions {
  // ---- registration ----
  static crawlhub_status add_type(const crawlhub_host* host, crawlhub_str type, std::uint32_t flags,
                                  std::uint32_t route) {
    if (!of(host).registering) return CRAWLHUB_FAILED;
    of(host).types.push_back({std::string(view(type)), flags, route});
    return CRAWLHUB_OK;
  }
  static crawlhub_status add_command(const crawlhub_host* host, const crawlhub_command* command) {
    if (!of(host).registering) return CRAWLHUB_FAILED;
    const bool described = !view(command->summary).empty() && JsonCheck::is_json(view(command->input)) &&
                           (command->columns.len == 0 || JsonCheck::is_json(view(command->columns)));
    if (!described || (view(command->role) != "admin" && view(command->role) != "monitor"))
      return CRAWLHUB_INVALID;
    const bool added = of(host).commands.emplace(view(command->name), command->execute).second;
    return added ? CRAWLHUB_OK : CRAWLHUB_INVALID;
  }
  static crawlhub_status add_capability(const crawlhub_host* host, crawlhub_str name) {
    if (!of(host).registering) return CRAWLHUB_FAILED;
    of(host).capabilities.emplace_back(view(name));
    return CRAWLHUB_OK;
  }
  static crawlhub_status add_section(const crawlhub_host* host, std::uint32_t kind, crawlhub_str name,
                                     void (*fn)(void*, crawlhub_sink, void*)) {
    if (!of(host).registering) return CRAWLHUB_FAILED;
    return of(host).sections.emplace(std::pair(kind, std::string(view(name))), fn).second ? CRAWLHUB_OK
                                                                                          : CRAWLHUB_INVALID;
  }
  static crawlhub_status subscribe(const crawlhub_host* host, crawlhub_str prefix) {
    if (!of(host).registering) return CRAWLHUB_FAILED;
    of(host).subscriptions.emplace_back(view(prefix));
    return CRAWLHUB_OK;
  }

  // ---- anywhere ----
  static void log(const crawlhub_host* host, std::int32_t level, crawlhub_str text) {
    locked(of(host), [&] { of(host).logs.push_back({level, std::string(view(text))}); });
  }
  static void publish(const crawlhub_host* host, crawlhub_str name, crawlhub_str json) {
    locked(of(host), [&] { of(host).events.push_back({std::string(view(name)), std::string(view(json))}); });
  }
  static void raise(const crawlhub_host* host, const crawlhub_error* error) {
    const auto text = [](crawlhub_str s) { return std::string(view(s)); };
    locked(of(host), [&] {
      of(host).problems.push_back({error->code, error->severity, text(error->message), text(error->details),
                                   text(error->connection), text(error->job), text(error->crawler),
                                   text(error->account)});
    });
  }
  static FakeLink* link(FakeHost& host, std::uint64_t id) {
    return id != 0 && id <= host.links_.size() && host.links_[id - 1].open ? &host.links_[id - 1] : nullptr;
  }
  static crawlhub_status send(const crawlhub_host* host, std::uint64_t connection, crawlhub_str type,
                              crawlhub_str job_id, crawlhub_str data) {
    return locked(of(host), [&] {
      FakeLink* to = link(of(host), connection);
      if (!to) return CRAWLHUB_GONE;
      if (!JsonCheck::is_line_object(view(data))) return CRAWLHUB_INVALID;
      to->received.push_back(sent(type, job_id, data));
      return CRAWLHUB_OK;
    });
  }
  static crawlhub_status close(const crawlhub_host* host, std::uint64_t connection, std::int32_t code,
                               crawlhub_str reason) {
    return locked(of(host), [&] {
      if (!link(of(host), connection)) return CRAWLHUB_GONE;
      of(host).closed.push_back({connection, code, std::string(view(reason))});
      return CRAWLHUB_OK;
    });
  }
  static crawlhub_status every(const crawlhub_host* host, std::int64_t period_ns, crawlhub_timer fn,
                               void* context) {
    if (period_ns <= 0 || of(host).registering) return CRAWLHUB_INVALID;
    of(host).timers.emplace_back(fn, context);
    return CRAWLHUB_OK;
  }
};

inline FakeHost::FakeHost() {
  using F = FakeHostFunctions;
  table_.owner = this;
  table_.struct_size = sizeof(crawlhub_host);
  table_.abi_minor = CRAWLHUB_ABI_MINOR;
  table_.add_type = F::add_type;
  table_.add_command = F::add_command;
  table_.add_capability = F::add_capability;
  table_.add_section = F::add_section;
  table_.subscribe = F::subscribe;
  table_.reply = F::reply;
  table_.fail = F::fail;
  table_.submit = F::submit;
  table_.submit_then = F::submit_then;
  table_.defer = F::defer;
  table_.slot = F::slot;
  table_.replace = F::replace;
  table_.token_reply = F::token_reply;
  table_.complete = F::complete;
  table_.command_reply = F::command_reply;
  table_.command_fail = F::command_fail;
  table_.commit = F::commit;
  table_.query = F::query;
  table_.log = F::log;
  table_.log_enabled = [](const crawlhub_host*, std::int32_t) -> std::int32_t { return 1; };
  table_.now_ns = [](const crawlhub_host* host) { return F::of(host).now_ns; };
  table_.monotonic_ns = [](const crawlhub_host* host) { return F::of(host).monotonic_ns; };
  table_.lane_count = [](const crawlhub_host* host) { return F::of(host).lanes; };
  table_.lane = [](const crawlhub_host* host) { return F::of(host).lane; };
  table_.state = [](const crawlhub_host* host) { return F::of(host).state; };
  table_.hub_id = [](const crawlhub_host*) { return str("hub-test"); };
  table_.incarnation = [](const crawlhub_host*) { return str("incarnation-1"); };
  table_.state_directory = [](const crawlhub_host* host) { return str(F::of(host).state_directory); };
  table_.config_directory = [](const crawlhub_host* host) { return str(F::of(host).config_directory); };
  table_.publish = F::publish;
  table_.raise = F::raise;
  table_.send = F::send;
  table_.close = F::close;
  table_.every = F::every;
  table_.extension = [](const crawlhub_host*, crawlhub_str) -> const void* { return nullptr; };
}

inline bool FakeHost::logged(std::string_view text, std::int32_t level) {
  const std::scoped_lock lock(mutex_);
  for (const LogLine& line : logs) {
    if (line.level >= level && line.text.find(text) != std::string::npos) return true;
  }
  return false;
}

inline bool FakeHost::wait_until(const std::function<bool()>& condition, std::chrono::seconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, condition);
}

inline FakeLink& FakeHost::add_link(std::uint32_t flags, std::string crawler_id) {
  return links_.emplace_back(links_.size() + 1, flags, std::move(crawler_id));
}

inline Exchange& FakeHost::add_exchange() {
  return exchanges_.emplace_back();
}

inline bool FakeHost::is_open(const Exchange& exchange) const {
  for (const auto& [token, open] : tokens_) {
    if (open.exchange == &exchange) return true;
  }
  return false;
}

inline void FakeHost::settle(void* plugin) {
  while (!waiting_.empty()) {
    const Submission submission = waiting_.front();
    waiting_.pop_front();
    give_results(plugin, submission);
  }
}

inline void FakeHost::give_results(void* plugin, const Submission& submission) {
  Exchange& exchange = *submission.exchange;
  std::deque<ScriptedResult> scripted;
  std::vector<crawlhub_result> results;
  for (std::size_t i = 0; i < submission.count; ++i) {
    scripted.push_back(on_op(exchange.ops[submission.first + i]));
    results.push_back(FakeHostFunctions::to_abi(scripted.back()));
  }
  const Results list(results.data(), results.size());
  if (submission.then) {
    FakeCall call{this, submission.link, &exchange};
    auto* raw_call = submission.link->open ? reinterpret_cast<crawlhub_call*>(&call) : nullptr;
    submission.then(plugin, raw_call, results.data(), results.size(), sizeof(crawlhub_result),
                    submission.context);
  } else if (const crawlhub_result* refused = first_refused(list); refused && ok(exchange.outcome)) {
    exchange.outcome = Outcome::kRefused;
    exchange.code = refused->code;
    exchange.text = view(refused->text);
  }
}

}  // namespace crawlhub::inline sdk::testing
