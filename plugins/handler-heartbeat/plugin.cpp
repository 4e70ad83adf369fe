// handler-heartbeat: takes heartbeats and shows their figures. They are shown, never acted on.
#include <map>
#include <mutex>
#include <string>

#include <crawlhub/handler.hpp>
#include <crawlhub/iso_time.hpp>
#include <crawlhub/json_text.hpp>
#include <crawlhub/lanes.hpp>

namespace crawlhub::heartbeat {
namespace {

// The newest heartbeat of a connection.
struct Figures {
  std::string name;  // of the connection: "c17"
  std::int64_t at_ns = 0;
  std::uint64_t count = 0;
  std::string data;  // as it came
};

// Connections of one lane. The lane writes, the command reads: heartbeats are rare, so a lock is cheap
// enough.
struct Lane {
  std::mutex mutex;
  std::map<std::uint64_t, Figures> connections;
};

class Heartbeat final : public Handler {
 public:
  using Handler::Handler;

  Outcome create(std::string_view) override {
    return first_failure(
        {host().add_type("heartbeat"),
         host().add_command<&Heartbeat::list>({.name = "connections.heartbeats",
                                               .summary = "Shows the newest heartbeat of each connection.",
                                               .role = "monitor",
                                               .read_only = true})});
  }

  Outcome handle(Call&, const Message& message) override {
    const Connection connection = message.connection();
    {
      Lane& lane = lanes_.of(connection.lane());
      const std::lock_guard lock(lane.mutex);
      Figures& figures = lane.connections[connection.id()];
      if (figures.name.empty()) figures.name = connection.name();
      figures.at_ns = host().now_ns();
      ++figures.count;
      figures.data = message.data_json();
    }
    publish(connection, message);
    return Outcome::kOk;
  }

  void disconnected(Call&, Connection connection, std::string_view) override {
    Lane& lane = lanes_.of(connection.lane());
    const std::lock_guard lock(lane.mutex);
    lane.connections.erase(connection.id());
  }

 private:
  void publish(Connection connection, const Message& message) {
    JsonText json;
    json.begin_object();
    json.field("connectionId", connection.name()).field("timestamp", iso_time(host().now_ns()));
    for (const Member member : message.data()) {
      const bool own = member.key() == "connectionId" || member.key() == "timestamp";
      if (!own && member.present()) json.raw_field(member.key(), member.raw());
    }
    json.end_object();
    host().publish("connection.heartbeat", json);
  }

  // {connection: {lastHeartbeat, heartbeats: how many came, data: what the newest said}}
  Outcome list(CommandCall& call, std::string_view) {
    JsonText json;
    json.begin_object();
    for (std::uint32_t i = 0; i < lanes_.size(); ++i) {
      Lane& lane = lanes_.of(i);
      const std::lock_guard lock(lane.mutex);
      for (const auto& [id, figures] : lane.connections) {
        json.key(figures.name).begin_object();
        json.field("lastHeartbeat", iso_time(figures.at_ns)).field("heartbeats", figures.count);
        json.raw_field("data", figures.data).end_object();
      }
    }
    json.end_object();
    return call.reply(json);
  }

  PerLane<Lane> lanes_{host()};
};

}  // namespace
}  // namespace crawlhub::heartbeat

CRAWLHUB_PLUGIN(crawlhub::heartbeat::Heartbeat, .name = "handler-heartbeat", .version = "1.0.0",
                .summary = "Takes heartbeats and shows their figures.", .flags = CRAWLHUB_MAY_UNLOAD)
