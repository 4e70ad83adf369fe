// What FakeHost does on a call, on a command, and as the storage. Included by fake_host.hpp.
#pragma once

#include <utility>

namespace crawlhub::inline sdk::testing {

struct FakeCommand {
  CommandResult result;
};

struct FakeCallFunctions {
  static FakeHost& of(const crawlhub_host* host) { return *static_cast<const FakeHost::Table*>(host)->owner; }
  static FakeCall& of(crawlhub_call* call) { return *reinterpret_cast<FakeCall*>(call); }
  static FakeCommand& of(crawlhub_command_call* call) { return *reinterpret_cast<FakeCommand*>(call); }

  // Changes records under the lock, and wakes who waits for them.
  template <class Change>
  static auto locked(FakeHost& host, Change change) {
    const std::scoped_lock lock(host.mutex_);
    host.changed_.notify_all();
    return change();
  }

  // ---- on a call ----
  static crawlhub_status reply_on(FakeHost& host, FakeLink& link, Exchange& exchange, Sent sent) {
    if (!JsonCheck::is_line_object(sent.data) || sent.type.empty()) return CRAWLHUB_INVALID;
    return locked(host, [&] {
      exchange.replies.push_back(sent);
      link.received.push_back(std::move(sent));
      return CRAWLHUB_OK;
    });
  }
  static Sent sent(crawlhub_str type, crawlhub_str job_id, crawlhub_str data) {
    return {std::string(view(type)), std::string(view(job_id)), std::string(view(data))};
  }
  static crawlhub_status reply(crawlhub_call* call, crawlhub_str type, crawlhub_str job_id,
                               crawlhub_str data) {
    FakeCall& c = of(call);
    if (!c.can_reply || !c.link->open) return CRAWLHUB_GONE;
    return reply_on(*c.host, *c.link, *c.exchange, sent(type, job_id, data));
  }
  static crawlhub_status fail(crawlhub_call* call, std::int32_t code, crawlhub_str text) {
    of(call).exchange->outcome = Outcome::kRefused;
    of(call).exchange->code = code;
    of(call).exchange->text = view(text);
    return CRAWLHUB_OK;
  }
  static crawlhub_status submit_then(crawlhub_call* call, const crawlhub_op* ops, std::uint64_t count,
                                     crawlhub_continuation then, void* context) {
    FakeCall& c = of(call);
    const std::size_t first = c.exchange->ops.size();
    for (std::uint64_t i = 0; i < count; ++i) c.exchange->ops.emplace_back(ops[i]);
    c.host->waiting_.push_back({c.exchange, c.link, first, count, then, context});
    return CRAWLHUB_OK;
  }
  static crawlhub_status submit(crawlhub_call* call, const crawlhub_op* ops, std::uint64_t count) {
    return submit_then(call, ops, count, nullptr, nullptr);
  }
  static crawlhub_token defer(crawlhub_call* call) {
    FakeHost& host = *of(call).host;
    return locked(host, [&]() -> crawlhub_token {
      if (host.tokens_.size() >= host.max_tokens) return 0;
      host.tokens_[++host.last_token_] = {of(call).link, of(call).exchange};
      return host.last_token_;
    });
  }
  static void** slot(crawlhub_call* call) { return &of(call).link->slot; }
  static crawlhub_status replace(crawlhub_call* call, crawlhub_str text, std::uint32_t tag) {
    if (!JsonCheck::is_json(view(text)) || !JsonIndex(view(text)).find("type").string())
      return CRAWLHUB_INVALID;
    of(call).exchange->replaced = view(text);
    of(call).exchange->tag = tag;
    return CRAWLHUB_OK;
  }

  // ---- deferred calls ----
  static crawlhub_status token_reply(const crawlhub_host* host, crawlhub_token token, crawlhub_str type,
                                     crawlhub_str job_id, crawlhub_str data) {
    const std::scoped_lock lock(of(host).mutex_);
    const auto open = of(host).tokens_.find(token);
    if (open == of(host).tokens_.end() || !open->second.link->open) return CRAWLHUB_GONE;
    return reply_on(of(host), *open->second.link, *open->second.exchange, sent(type, job_id, data));
  }
  static crawlhub_status complete(const crawlhub_host* host, crawlhub_token token, std::int32_t code,
                                  crawlhub_str text) {
    return locked(of(host), [&] {
      const auto open = of(host).tokens_.find(token);
      if (open == of(host).tokens_.end()) return CRAWLHUB_GONE;
      Exchange& exchange = *open->second.exchange;
      exchange.outcome = code == 0 ? Outcome::kOk : Outcome::kRefused;
      exchange.code = code;
      exchange.text = view(text);
      of(host).tokens_.erase(open);
      return CRAWLHUB_OK;
    });
  }

  // ---- commands ----
  static crawlhub_status command_reply(crawlhub_command_call* call, crawlhub_str json) {
    if (!JsonCheck::is_json(view(json))) return CRAWLHUB_INVALID;
    of(call).result = {Outcome::kOk, 0, std::string(view(json))};
    return CRAWLHUB_OK;
  }
  static crawlhub_status command_fail(crawlhub_command_call* call, std::int32_t code, crawlhub_str text) {
    of(call).result = {Outcome::kRefused, code, std::string(view(text))};
    return CRAWLHUB_OK;
  }

  // ---- storage ----
  static crawlhub_status commit(const crawlhub_host* host, const crawlhub_op* ops, std::uint64_t count,
                                crawlhub_continuation fn, void* context) {
    std::deque<ScriptedResult> scripted;
    std::vector<crawlhub_result> results;
    for (std::uint64_t i = 0; i < count; ++i) {
      locked(of(host), [&] { of(host).committed.emplace_back(ops[i]); });
      scripted.push_back(of(host).on_op(RecordedOp(ops[i])));
      results.push_back(to_abi(scripted.back()));
    }
    if (fn) fn(of(host).self, nullptr, results.data(), count, sizeof(crawlhub_result), context);
    return CRAWLHUB_OK;
  }
  static crawlhub_result to_abi(const ScriptedResult& scripted) {
    crawlhub_result result{};
    result.struct_size = sizeof result;
    result.status = scripted.status;
    result.code = scripted.code;
    result.number = scripted.number;
    result.text = str(scripted.text);
    result.body_size = static_cast<std::uint32_t>(scripted.body.size());
    result.body = scripted.body.data();
    return result;
  }
  static crawlhub_status query(const crawlhub_host* host, std::uint32_t kind, crawlhub_str parameters,
                               crawlhub_sink sink, void* context) {
    const Answer answer = of(host).on_query(kind, view(parameters));
    sink(context, str(answer.text));
    return raw(answer.outcome);
  }
};

}  // namespace crawlhub::inline sdk::testing
