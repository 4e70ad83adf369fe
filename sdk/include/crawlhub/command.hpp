// Commands, sections and timers: member functions that the host calls outside of any connection.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include <crawlhub/abi/host.h>
#include <crawlhub/outcome.hpp>
#include <crawlhub/thunk.hpp>

namespace crawlhub::inline sdk {

// A command being executed. Thread: [pool]; may wait.
class CommandCall {
 public:
  CommandCall(const crawlhub_host* host, crawlhub_command_call* call) noexcept : host_(host), call_(call) {}
  // Answers, once. json: one JSON value. Returns kOk, or kInvalid where it is none.
  Outcome reply(std::string_view json) const { return Outcome{host_->command_reply(call_, str(json))}; }
  // Refuses. code: CRAWLHUB_E_*; text: one sentence for the operator. Returns kRefused.
  Outcome fail(std::int32_t code, std::string_view text) const {
    host_->command_fail(call_, code, str(text));
    return Outcome::kRefused;
  }

 private:
  const crawlhub_host* host_;
  crawlhub_command_call* call_;
};

// How a command is shown to operators; see crawlhub_command in abi/host.h for the forms of input and columns.
struct CommandSpec {
  std::string_view name;            // "jobs.add"
  std::string_view summary;         // one sentence
  std::string_view role = "admin";  // who may: "monitor" or "admin"
  std::string_view input = R"({"type":"object"})";
  std::string_view columns = {};
  bool read_only = false;
};

namespace detail {

template <auto Fn>
crawlhub_status execute(void* self, crawlhub_command_call* raw_call, crawlhub_str arguments) noexcept {
  const crawlhub_host* host = static_cast<PluginRoot*>(self)->table();
  CommandCall call(host, raw_call);
  const Outcome outcome = guard(host, "a command", Outcome::kInvalid, [&] {
    if constexpr (std::is_member_function_pointer_v<decltype(Fn)>) {
      return (self_of<Fn>(self).*Fn)(call, view(arguments));
    } else {
      return Fn(self_of<Fn>(self), call, view(arguments));
    }
  });
  if (outcome != Outcome::kInvalid) return raw(outcome);
  static_cast<void>(
      call.fail(CRAWLHUB_E_PLUGIN_FAILED, "the plugin failed on the command; its log says why"));
  return CRAWLHUB_FAILED;
}

template <auto Fn>
void section(void* self, crawlhub_sink sink, void* context) noexcept {
  guard(static_cast<PluginRoot*>(self)->table(), "a section", [&] {
    const std::string text = (self_of<Fn>(self).*Fn)();
    sink(context, str(text));
  });
}

template <auto Fn>
void timer(void* self, void*) noexcept {
  guard(static_cast<PluginRoot*>(self)->table(), "a timer", [&] { (self_of<Fn>(self).*Fn)(); });
}

}  // namespace detail

}  // namespace crawlhub::inline sdk
