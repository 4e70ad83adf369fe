// Included by plugin_harness.hpp.
#pragma once

namespace crawlhub::inline sdk::testing {

template <class Visit>
auto PluginHarness::with_table(Visit visit) const {
  switch (descriptor_->kind) {
    case CRAWLHUB_KIND_HANDLER:
      return visit(*handler());
    case CRAWLHUB_KIND_MIDDLEWARE:
      return visit(*middleware());
    case CRAWLHUB_KIND_STORAGE:
      return visit(*storage());
    case CRAWLHUB_KIND_NOTIFIER:
      return visit(*notifier());
    default:
      throw std::runtime_error("the plugin is of no known kind");
  }
}

inline bool PluginHarness::create(std::string_view config) {
  if (self_) throw std::logic_error("the plugin was created already");
  // As the host hands it over: nothing of the caller's lives on afterwards.
  const std::string copy(config);
  host_.registering = true;
  const crawlhub_status status =
      with_table([&](const auto& table) { return table.create(host_.table(), str(copy), &self_); });
  host_.registering = false;
  if (status != CRAWLHUB_OK) self_ = nullptr;
  host_.self = self_;
  return self_ != nullptr;
}

inline bool PluginHarness::start(std::string_view config) {
  if (!self_ && !create(config)) return false;
  started_ = with_table([&](const auto& table) { return table.start ? table.start(self_) : CRAWLHUB_OK; }) ==
             CRAWLHUB_OK;
  if (!started_) stop();
  return started_;
}

inline bool PluginHarness::stop(std::int64_t deadline_ns) {
  if (!self_) return true;
  host_.settle(self_);
  const crawlhub_status status = with_table([&](const auto& table) {
    const crawlhub_status stopped = started_ && table.stop ? table.stop(self_, deadline_ns) : CRAWLHUB_OK;
    table.destroy(self_);
    return stopped;
  });
  self_ = host_.self = nullptr;
  started_ = false;
  return status == CRAWLHUB_OK;
}

template <class Hook>
const Exchange& PluginHarness::run(FakeLink& link, bool can_reply, Hook hook) {
  if (!self_) throw std::logic_error("the plugin does not run");
  Exchange& exchange = host_.add_exchange();
  FakeCall call{&host_, &link, &exchange, can_reply};
  const crawlhub_status status = hook(reinterpret_cast<crawlhub_call*>(&call), link.raw(host_.lane));
  // A token may have been completed already, by another thread.
  FakeHostFunctions::locked(host_, [&] {
    if (status != CRAWLHUB_PENDING) exchange.outcome = Outcome{status};
    if (status == CRAWLHUB_PENDING && ok(exchange.outcome) && host_.is_open(exchange))
      exchange.outcome = Outcome::kPending;
  });
  host_.settle(self_);
  return exchange;
}

inline crawlhub_status PluginHarness::deliver(crawlhub_call* call, FakeMessage& message,
                                              const crawlhub_connection& connection) {
  if (const auto* table = middleware()) {
    return table->before ? table->before(self_, call, &message.raw(0, connection)) : CRAWLHUB_OK;
  }
  for (const RegisteredType& type : host_.types) {
    if (type.type != message.type()) continue;
    const crawlhub_message& raw = message.raw(type.route, connection);
    if ((type.flags & CRAWLHUB_TYPE_OBSERVE) == 0) return handler()->handle(self_, call, &raw);
    crawlhub_observation seen{sizeof seen, CRAWLHUB_ACCEPTED, 0, 0, sizeof(crawlhub_result), &raw, nullptr};
    handler()->observe(self_, &seen, 1, sizeof seen);
    return CRAWLHUB_OK;
  }
  return host_.table()->fail(call, CRAWLHUB_E_UNKNOWN_TYPE, str("the plugin registered no such type")),
         CRAWLHUB_REFUSED;
}

inline Crawler PluginHarness::connect(std::uint32_t flags, std::string crawler_id) {
  FakeLink& link = host_.add_link(flags, std::move(crawler_id));
  run(link, true, [&](crawlhub_call* call, const crawlhub_connection& connection) {
    if (handler() && handler()->connected) handler()->connected(self_, call, &connection);
    if (middleware() && middleware()->connected) middleware()->connected(self_, call, &connection);
    return CRAWLHUB_OK;
  });
  return Crawler(*this, link);
}

inline CommandResult PluginHarness::command(const std::string& name, std::string_view arguments) {
  FakeCommand call;
  const auto execute = host_.commands.find(name);
  if (execute == host_.commands.end()) throw std::logic_error("the plugin registered no command " + name);
  const crawlhub_status status =
      execute->second(self_, reinterpret_cast<crawlhub_command_call*>(&call), str(arguments));
  call.result.outcome = Outcome{status};
  return call.result;
}

inline std::string PluginHarness::section(const std::string& name, std::uint32_t kind) {
  std::string text;
  host_.sections.at({kind, name})(self_, append_to_string, &text);
  return text;
}

inline bool PluginHarness::event(std::string_view name, std::string_view json) {
  for (const std::string& prefix : host_.subscriptions) {
    if (!name.starts_with(prefix)) continue;
    handler()->event(self_, str(name), str(json));
    return true;
  }
  return false;
}

inline void PluginHarness::run_timers() {
  for (const auto& [fn, context] : host_.timers) fn(self_, context);
}

inline std::optional<PluginHarness::Outbound> PluginHarness::after(Crawler to, std::string_view type,
                                                                   std::string_view job_id,
                                                                   std::string_view data, std::uint32_t tag) {
  Outbound out{"jobId", std::string(type), std::string(job_id), std::string(data)};
  const crawlhub_outgoing message{sizeof message, tag,       str(type),
                                  str(job_id),    str(data), &to.link_->raw(host_.lane)};
  const auto replace = [](void* context, crawlhub_str member, crawlhub_str new_type, crawlhub_str new_job,
                          crawlhub_str new_data) {
    *static_cast<Outbound*>(context) = {std::string(view(member)), std::string(view(new_type)),
                                        std::string(view(new_job)), std::string(view(new_data))};
  };
  if (!middleware()->after) return out;
  const crawlhub_status status = middleware()->after(self_, &message, replace, &out);
  if (status != CRAWLHUB_OK) return std::nullopt;
  return out;
}

inline Outcome PluginHarness::notify(const Problem& problem, std::uint64_t count, bool recovered) {
  crawlhub_notice notice{};
  notice.struct_size = sizeof notice;
  notice.kind = recovered ? CRAWLHUB_NOTICE_RECOVERED : CRAWLHUB_NOTICE_RAISED;
  notice.count = count;
  notice.first_ns = notice.last_ns = host_.now_ns;
  notice.error = to_abi(problem);
  return Outcome{notifier()->notify(self_, &notice)};
}

inline std::vector<ScriptedResult> PluginHarness::commit(OpBuilder& ops) {
  const auto list = ops.ops();
  std::vector<crawlhub_result> raw(list.size());
  for (crawlhub_result& result : raw) result = FakeHostFunctions::to_abi({});
  storage()->commit(self_, list.data(), list.size(), sizeof(crawlhub_op), raw.data(),
                    sizeof(crawlhub_result));
  std::vector<ScriptedResult> results;
  for (const crawlhub_result& result : raw) {
    const char* body = static_cast<const char*>(result.body);
    results.push_back({result.status, result.code, result.number, std::string(view(result.text)),
                       std::vector<char>(body, body + result.body_size)});
  }
  return results;
}

inline Answer PluginHarness::query(std::uint32_t kind, std::string_view parameters, std::uint32_t lane) {
  Answer answer;
  answer.outcome =
      Outcome{storage()->query(self_, lane, kind, str(parameters), append_to_string, &answer.text)};
  return answer;
}

}  // namespace crawlhub::inline sdk::testing
