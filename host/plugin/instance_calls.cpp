// Calls into an instance from threads that may wait: commands, sections, events, timers, notices.
#include <utility>

#include <nlohmann/json.hpp>

#include "host/core/lane.hpp"
#include "host/observe/log.hpp"
#include "host/plugin/call_scope.hpp"
#include "host/plugin/command_call.hpp"
#include "host/plugin/instance.hpp"

namespace crawlhub {

namespace {

std::string_view view(crawlhub_str text) {
  return text.ptr == nullptr ? std::string_view() : std::string_view(text.ptr, text.len);
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool usable(std::uint32_t kind, const std::string& text) {
  if (kind == CRAWLHUB_SECTION_DRAIN) return is_number(text);
  if (kind != CRAWLHUB_SECTION_STATUS) return true;
  return !text.empty() && text.front() == '{' && nlohmann::json::accept(text);
}

CommandAnswer answer_of(Instance& instance, const RegisteredCommand& command, crawlhub_status status,
                        crawlhub_command_call& call, CallScope& scope) {
  if (status == CRAWLHUB_OK && call.replied()) return call.take();
  if (status == CRAWLHUB_REFUSED && call.refused()) return call.take();
  scope.failed();
  if (call.refused()) return call.take();
  std::string why = "plugin " + instance.name() + " failed on the command " + command.name;
  if (status == CRAWLHUB_OK) why += ": it gave no usable answer";
  return {CRAWLHUB_E_PLUGIN_FAILED, std::move(why)};
}

}  // namespace

std::vector<Command> Instance::commands() {
  std::vector<Command> list;
  for (const RegisteredCommand& registered : registrations_.commands) {
    Command command;
    command.name = registered.name;
    command.summary = registered.summary;
    command.role = registered.role;
    command.input = registered.input;
    command.columns = registered.columns;
    command.owner = name();
    command.read_only = registered.read_only;
    command.execute = [self = shared_from_this(), &registered](std::string_view arguments) {
      return self->run_command(registered, arguments);
    };
    list.push_back(std::move(command));
  }
  return list;
}

CommandAnswer Instance::run_command(const RegisteredCommand& command, std::string_view arguments) {
  const CallGate::Pass pass = gate_.enter();
  if (!pass || state() != State::serving) {
    return {CRAWLHUB_E_PLUGIN_GONE, "plugin " + name() + " does not serve"};
  }
  CallScope scope(*this, current_lane(), Place::pool);
  crawlhub_command_call call;
  const crawlhub_status status = command.execute(self_, &call, {arguments.data(), arguments.size()});
  return answer_of(*this, command, status, call, scope);
}

bool Instance::run_section(const RegisteredSection& section, std::string& text) {
  const CallGate::Pass pass = gate_.enter();
  if (!pass || state() != State::serving) return false;
  CallScope scope(*this, current_lane(), Place::pool);
  std::string written;
  const crawlhub_sink sink = [](void* to, crawlhub_str part) {
    static_cast<std::string*>(to)->append(view(part));
  };
  section.fn(self_, sink, &written);
  if (!usable(section.kind, written)) {
    scope.failed();
    logger_.warn(name(), "its section is not usable", {{"section", section.name}, {"text", written}});
    return false;
  }
  text = std::move(written);
  return true;
}

void Instance::deliver_event(std::string_view event, std::string_view json) {
  const CallGate::Pass pass = gate_.enter();
  if (!pass || state() != State::serving || descriptor_.handler.event == nullptr) return;
  const CallScope scope(*this, current_lane(), Place::pool);
  descriptor_.handler.event(self_, {event.data(), event.size()}, {json.data(), json.size()});
}

bool Instance::run_timer(crawlhub_timer fn, void* context) {
  const CallGate::Pass pass = gate_.enter();
  if (!pass || state() != State::serving) return false;
  const CallScope scope(*this, current_lane(), Place::pool);
  fn(self_, context);
  return true;
}

crawlhub_status Instance::notify(const crawlhub_notice& notice) {
  const CallGate::Pass pass = gate_.enter();
  if (!pass || state() != State::serving || descriptor_.notifier.notify == nullptr) return CRAWLHUB_GONE;
  CallScope scope(*this, current_lane(), Place::pool);
  const crawlhub_status status = descriptor_.notifier.notify(self_, &notice);
  if (status == CRAWLHUB_OK) return status;
  scope.failed();
  return CRAWLHUB_FAILED;
}

}  // namespace crawlhub
