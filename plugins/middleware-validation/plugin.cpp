// middleware-validation: refuses messages that break a rule of the protocol, saying which field and which
// rule.
#include <memory>

#include <crawlhub/json_index.hpp>
#include <crawlhub/json_walk.hpp>
#include <crawlhub/middleware.hpp>

#include "checker.hpp"

namespace crawlhub::validation {
namespace {

enum class Clock { kReplace, kRefuse, kOff };

class Validation final : public Middleware {
 public:
  using Middleware::Middleware;

  Outcome create(std::string_view config) override {
    const JsonIndex keys(config);
    const auto clock = keys.find("clock").string().value_or("replace");
    clock_ = clock == "refuse" ? Clock::kRefuse : clock == "off" ? Clock::kOff : Clock::kReplace;
    std::vector<std::string> types;
    for (JsonWalk walk(keys.find("entity_types").raw()); walk.next();) {
      types.push_back(walk.member().string().value_or(""));
    }
    if (types.empty()) types.assign(default_entity_types().begin(), default_entity_types().end());
    checker_ = std::make_unique<Checker>(std::move(types));
    return Outcome::kOk;
  }

  Outcome before(Call& call, const Message& message) override {
    if (!message.has(CRAWLHUB_MESSAGE_TIME) && clock_ != Clock::kOff) {
      if (clock_ == Clock::kRefuse) return refuse_clock(call, message);
      note_clock(call, message);
    }
    Refusal refusal;
    if (checker_->check(message.raw(), refusal)) return Outcome::kOk;
    return call.fail(refusal.code, refusal.text);
  }

  void disconnected(Call& call, Connection connection, std::string_view) override {
    const auto bad = call.take_slot<std::uint64_t>();
    if (bad && *bad > 1) {
      host().info(connection.name(), ": ", *bad, " messages in all had no usable timestamp");
    }
  }

 private:
  static Outcome refuse_clock(Call& call, const Message& message) {
    std::string text = "timestamp: expected ISO 8601, at most 24 h old and 5 min ahead of the hub's clock, ";
    if (message.timestamp().empty()) {
      text += "but it is missing";
    } else {
      (text += "got ") += message.timestamp().substr(0, 60);
    }
    return call.fail(CRAWLHUB_E_BAD_TIMESTAMP, text);
  }

  // The hub's clock stands in for the message's; once a connection that is worth a line.
  void note_clock(Call& call, const Message& message) {
    auto& bad = call.make_slot<std::uint64_t>(0u);
    if (++bad != 1) return;
    host().warn(
        message.connection().name(), ": a ", message.type(), " has ",
        message.timestamp().empty() ? std::string_view("no timestamp") : message.timestamp().substr(0, 60),
        message.timestamp().empty() ? "" : " as timestamp, which is unreadable or far from the hub's clock",
        "; the hub's clock counts instead, here and for later ones");
  }

  Clock clock_ = Clock::kReplace;
  std::unique_ptr<const Checker> checker_;
};

constexpr char kSchema[] = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "clock": {
      "type": "string", "enum": ["replace", "refuse", "off"], "default": "replace",
      "description": "A timestamp that is missing, unreadable, older than 24 h or more than 5 min ahead: replace it by the hub's clock, refuse the message, or ignore it"
    },
    "entity_types": {
      "type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": true,
      "description": "Entity types that crawlers may name; absent: those of the protocol"
    }
  }
})";

}  // namespace
}  // namespace crawlhub::validation

CRAWLHUB_PLUGIN(crawlhub::validation::Validation, .name = "middleware-validation", .version = "1.0.0",
                .summary = "Refuses messages that break a rule of the protocol.",
                .config_schema = crawlhub::validation::kSchema, .after = "middleware-compatibility",
                .flags = CRAWLHUB_MAY_UNLOAD)
