// Answers "echo" with what it got, as often as the config says.
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include <crawlhub/handler.hpp>
#include <crawlhub/json_index.hpp>
#include <crawlhub/json_text.hpp>

using namespace crawlhub;

namespace {

constexpr char kConfigSchema[] = R"({
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "times": {"type": "integer", "minimum": 1, "maximum": 10, "default": 1, "description": "Answers to each message."}
  }
})";

class Echo final : public Handler {
 public:
  using Handler::Handler;

  Outcome create(std::string_view config) override {
    times_ = JsonIndex(config).find("times").integer().value_or(1);
    if (const Outcome added = host().add_type("echo"); !ok(added))
      return host().error("cannot register echo");
    return host().add_command<&Echo::count>({.name = "echo.count",
                                             .summary = "How many messages were answered.",
                                             .role = "monitor",
                                             .read_only = true});
  }

  Outcome handle(Call& call, const Message& message) override {
    const Member text = message.data().find("text");
    if (!text.is(CRAWLHUB_JSON_STRING))
      return call.fail(CRAWLHUB_E_MISSING_FIELD, "data.text is missing, or is no string");
    JsonText answer;
    answer.begin_object().raw_field("text", text.raw()).end_object();
    for (std::int64_t i = 0; i < times_; ++i) {
      const Outcome sent = call.reply("echo_reply", message.job_id(), answer);
      if (!ok(sent)) return sent;
    }
    answered_.fetch_add(1, std::memory_order_relaxed);
    return Outcome::kOk;
  }

 private:
  Outcome count(CommandCall& call, std::string_view) {
    JsonText answer;
    answer.begin_object().field("answered", answered_.load(std::memory_order_relaxed)).end_object();
    return call.reply(answer);
  }

  std::int64_t times_ = 1;
  std::atomic<std::uint64_t> answered_ = 0;  // several connections are served at once
};

}  // namespace

CRAWLHUB_PLUGIN(Echo, .name = "handler-echo", .version = "1.0.0", .summary = "Answers echo with what it got.",
                .config_schema = kConfigSchema, .flags = CRAWLHUB_MAY_UNLOAD)
