// The host table: functions on a call of a connection, on its token, on a command's call; and those that
// wait.
#include <cstdio>
#include <string>

#include "host/observe/log.hpp"
#include "host/plugin/command_call.hpp"
#include "host/plugin/host_functions.hpp"
#include "host/plugin/ports.hpp"

namespace crawlhub::host_functions {

bool valid(const crawlhub_op* ops, std::uint64_t count) {
  if (ops == nullptr || count == 0) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    const crawlhub_op& op = ops[i];
    const bool aligned = reinterpret_cast<std::uintptr_t>(op.body) % 8 == 0;
    if (op.struct_size != sizeof(crawlhub_op) || op.kind == 0 || !valid(op.key) || !aligned ||
        (op.body == nullptr && op.body_size != 0)) {
      return false;
    }
  }
  return true;
}

#ifndef NDEBUG

namespace {

// Where no call into a plugin runs there is no instance whose log could tell it.
void tell_violation(const Instance* instance, const char* function, const char* rule) noexcept {
  if (instance == nullptr) {
    std::fprintf(stderr, "crawlhub: the host function %s was called %s\n", function, rule);
    return;
  }
  guarded([&] {
    instance->logger().error(instance->name(), "called a host function where it must not",
                             {{"function", function}, {"where", rule}});
    return CRAWLHUB_OK;
  });
}

}  // namespace

bool on_call(const crawlhub_call* call, const char* function) noexcept {
  const CallScope::Running running = CallScope::running();
  if (running.call == call) return true;
  tell_violation(running.instance, function, "outside the call it names, or on another thread");
  return false;
}

bool may_wait(const HostTable& host, const char* function) noexcept {
  const Place place = CallScope::running().place;
  if (place != Place::worker && place != Place::writer) return true;
  tell_violation(host.instance, function, "on a thread that must not wait");
  return false;
}

#else

bool on_call(const crawlhub_call*, const char*) noexcept {
  return true;
}
bool may_wait(const HostTable&, const char*) noexcept {
  return true;
}

#endif

namespace {

crawlhub_status reply(crawlhub_call* call, crawlhub_str type, crawlhub_str job_id,
                      crawlhub_str data) noexcept {
  if (call == nullptr || !valid(type) || !valid(job_id) || !valid(data) || type.len == 0)
    return CRAWLHUB_INVALID;
  if (!on_call(call, "reply")) return CRAWLHUB_INVALID;
  return guarded([&] { return call->reply(view(type), view(job_id), view(data)); });
}

crawlhub_status fail(crawlhub_call* call, std::int32_t code, crawlhub_str text) noexcept {
  if (call == nullptr || code == 0 || !valid(text) || !on_call(call, "fail")) return CRAWLHUB_INVALID;
  return guarded([&] { return call->fail(code, view(text)); });
}

crawlhub_status submit(crawlhub_call* call, const crawlhub_op* ops, std::uint64_t count) noexcept {
  if (call == nullptr || !valid(ops, count) || !on_call(call, "submit")) return CRAWLHUB_INVALID;
  return guarded([&] { return call->submit(ops, count, nullptr, nullptr); });
}

crawlhub_status submit_then(crawlhub_call* call, const crawlhub_op* ops, std::uint64_t count,
                            crawlhub_continuation fn, void* context) noexcept {
  if (call == nullptr || fn == nullptr || !valid(ops, count) || !on_call(call, "submit_then"))
    return CRAWLHUB_INVALID;
  return guarded([&] { return call->submit(ops, count, fn, context); });
}

crawlhub_token defer(crawlhub_call* call) noexcept {
  if (call == nullptr || !on_call(call, "defer")) return 0;
  try {
    return call->defer();
  } catch (...) {
    return 0;
  }
}

void** slot(crawlhub_call* call) noexcept {
  if (call == nullptr || !on_call(call, "slot")) return nullptr;
  try {
    return call->slot();
  } catch (...) {
    return nullptr;
  }
}

crawlhub_status replace(crawlhub_call* call, crawlhub_str text, std::uint32_t tag) noexcept {
  if (call == nullptr || !valid(text) || !on_call(call, "replace")) return CRAWLHUB_INVALID;
  return guarded([&] { return call->replace(view(text), tag); });
}

crawlhub_status token_reply(const crawlhub_host* host, crawlhub_token token, crawlhub_str type,
                            crawlhub_str job_id, crawlhub_str data) noexcept {
  if (host == nullptr || !valid(type) || !valid(job_id) || !valid(data) || type.len == 0)
    return CRAWLHUB_INVALID;
  if (token == 0) return CRAWLHUB_GONE;
  return guarded([&] {
    return table_of(host)->instance->services().token_reply(token, view(type), view(job_id), view(data));
  });
}

crawlhub_status complete(const crawlhub_host* host, crawlhub_token token, std::int32_t code,
                         crawlhub_str text) noexcept {
  if (host == nullptr || !valid(text)) return CRAWLHUB_INVALID;
  if (token == 0) return CRAWLHUB_GONE;
  return guarded([&] { return table_of(host)->instance->services().complete(token, code, view(text)); });
}

crawlhub_status command_reply(crawlhub_command_call* call, crawlhub_str json) noexcept {
  if (call == nullptr || !valid(json)) return CRAWLHUB_INVALID;
  return guarded([&] { return call->reply(view(json)); });
}

crawlhub_status command_fail(crawlhub_command_call* call, std::int32_t code, crawlhub_str text) noexcept {
  if (call == nullptr || code == 0 || !valid(text)) return CRAWLHUB_INVALID;
  return guarded([&] { return call->fail(code, view(text)); });
}

crawlhub_status commit(const crawlhub_host* host, const crawlhub_op* ops, std::uint64_t count,
                       crawlhub_continuation fn, void* context) noexcept {
  if (host == nullptr || fn == nullptr || !valid(ops, count)) return CRAWLHUB_INVALID;
  const HostTable& table = *table_of(host);
  if (!may_wait(table, "commit")) return CRAWLHUB_INVALID;
  return guarded([&] { return table.instance->services().commit(*table.instance, ops, count, fn, context); });
}

crawlhub_status query(const crawlhub_host* host, std::uint32_t kind, crawlhub_str parameters,
                      crawlhub_sink sink, void* context) noexcept {
  if (host == nullptr || sink == nullptr || !valid(parameters)) return CRAWLHUB_INVALID;
  const HostTable& table = *table_of(host);
  if (!may_wait(table, "query")) return CRAWLHUB_INVALID;
  return guarded([&] { return table.instance->services().query(kind, view(parameters), sink, context); });
}

}  // namespace

void fill_calls(crawlhub_host& table) {
  table.reply = reply;
  table.fail = fail;
  table.submit = submit;
  table.submit_then = submit_then;
  table.defer = defer;
  table.slot = slot;
  table.replace = replace;
  table.token_reply = token_reply;
  table.complete = complete;
}

void fill_waiting(crawlhub_host& table) {
  table.command_reply = command_reply;
  table.command_fail = command_fail;
  table.commit = commit;
  table.query = query;
}

}  // namespace crawlhub::host_functions
