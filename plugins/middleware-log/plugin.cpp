// middleware-log: writes the messages that come in and go out to the log, which masks secrets.
#include <crawlhub/json_index.hpp>
#include <crawlhub/json_walk.hpp>
#include <crawlhub/key_table.hpp>
#include <crawlhub/lanes.hpp>
#include <crawlhub/middleware.hpp>

namespace crawlhub::log {
namespace {

struct Lane {
  std::uint64_t seen = 0;
};

class Log final : public Middleware {
 public:
  using Middleware::Middleware;

  Outcome create(std::string_view config) override {
    const JsonIndex keys(config);
    const auto level = keys.find("level").string().value_or("debug");
    level_ = level == "info" ? CRAWLHUB_LOG_INFO : level == "trace" ? CRAWLHUB_LOG_TRACE : CRAWLHUB_LOG_DEBUG;
    sample_ = static_cast<std::uint64_t>(keys.find("sample").integer().value_or(1));
    text_ = static_cast<std::size_t>(keys.find("text").integer().value_or(1024));
    std::vector<std::string> types;
    for (JsonWalk walk(keys.find("types").raw()); walk.next();) {
      types.push_back(walk.member().string().value_or(""));
    }
    every_type_ = types.empty();
    types_ = KeyTable(std::move(types));
    return Outcome::kOk;
  }

  Outcome before(Call&, const Message& message) override {
    if (wanted(message.type(), message.connection().lane())) {
      write("in ", message.connection(), message.type(), message.job_id(), message.text());
    }
    return Outcome::kOk;
  }

  Outcome after(const Outgoing& message) override {
    if (wanted(message.type(), message.connection().lane())) {
      write("out ", message.connection(), message.type(), message.job_id(), message.data_json());
    }
    return Outcome::kOk;
  }

 private:
  // Asked for every message: the common answer is no, as cheaply as can be.
  bool wanted(std::string_view type, std::uint32_t lane) {
    if (host().table()->log_enabled(host().table(), level_) == 0) return false;
    if (!every_type_ && !types_.contains(type)) return false;
    return lanes_.of(lane).seen++ % sample_ == 0;
  }

  void write(std::string_view direction, Connection connection, std::string_view type,
             std::string_view job_id, std::string_view text) const {
    const std::string_view shown = text.substr(0, text_);
    host().log(level_, direction, connection.name(), connection.crawler_id().empty() ? "" : " ",
               connection.crawler_id(), " ", type, job_id.empty() ? "" : " ", job_id,
               shown.empty() ? "" : " ", shown, shown.size() < text.size() && !shown.empty() ? "..." : "");
  }

  std::int32_t level_ = CRAWLHUB_LOG_DEBUG;
  std::uint64_t sample_ = 1;
  std::size_t text_ = 0;
  bool every_type_ = true;
  KeyTable types_;
  PerLane<Lane> lanes_{host()};
};

constexpr char kSchema[] = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "level": {
      "type": "string", "enum": ["trace", "debug", "info"], "default": "debug",
      "description": "Level at which messages are written; nothing is done where log.level leaves it out"
    },
    "sample": {"type": "integer", "minimum": 1, "default": 1, "description": "Writes one message in so many"},
    "types": {
      "type": "array", "items": {"type": "string"},
      "description": "Message types that are written; absent: all"
    },
    "text": {
      "type": "integer", "minimum": 0, "maximum": 65536, "default": 1024,
      "description": "Bytes of a message that are written; 0: only its type and ids"
    }
  }
})";

}  // namespace
}  // namespace crawlhub::log

CRAWLHUB_PLUGIN(crawlhub::log::Log, .name = "middleware-log", .version = "1.0.0",
                .summary = "Writes messages in and out to the log.", .config_schema = crawlhub::log::kSchema,
                .flags = CRAWLHUB_MAY_UNLOAD)
