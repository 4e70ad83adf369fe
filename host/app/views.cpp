#include "host/app/views.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "host/app/hub.hpp"
#include "host/core/clock.hpp"
#include "host/version.hpp"

namespace crawlhub {

namespace {

using nlohmann::json;

// What a plugin keeps of heartbeats: {connection: {lastHeartbeat, data: {systemStatus, activeJobs, ...}}}.
json heartbeats(Hub& hub) {
  if (!hub.commands().find("connections.heartbeats")) return json::object();
  const CommandAnswer answer = hub.commands().execute("connections.heartbeats", "{}");
  if (answer.code != 0) return json::object();
  json parsed = json::parse(answer.text, nullptr, false);
  return parsed.is_object() ? parsed : json::object();
}

json stats_view(const ConnectionView& view) {
  const ConnectionStats& stats = view.stats;
  json shown = {
      {"messagesReceived", stats.messages_received},
      {"messagesSent", stats.messages_sent},
      {"bytesReceived", stats.bytes_received},
      {"bytesSent", stats.bytes_sent},
      {"errors", stats.errors},
      {"reconnects", view.reconnects},
      {"uptime", (wall_ns() - stats.connected_ns) / 1'000'000},
      {"avgResponseTime", stats.busy_periods == 0 ? 0.0
                                                  : static_cast<double>(stats.response_total_ns) /
                                                        static_cast<double>(stats.busy_periods) / 1e6},
  };
  if (!stats.last_error.empty()) shown["lastError"] = stats.last_error;
  return shown;
}

json connection_view(const ConnectionView& view, const json& beats) {
  json shown = {
      {"id", view.name},
      {"crawlerId", view.crawler_id.empty() ? json() : json(view.crawler_id)},
      {"state", view.state},
      {"health", view.health},
      {"issues", view.issues},
      {"connectedAt", format_iso8601(view.stats.connected_ns)},
      {"lastActivity", format_iso8601(view.stats.last_activity_ns)},
      {"lastHeartbeat", json()},
      {"remoteAddress", view.remote_address},
      {"listener", view.listener},
      {"version", view.version.empty() ? json() : json(view.version)},
      {"capabilities", view.capabilities},
      {"systemStatus", json()},
      {"activeJobs", json()},
      {"stats", stats_view(view)},
  };
  const auto beat = beats.find(view.name);
  if (beat != beats.end() && beat->is_object()) {
    shown["lastHeartbeat"] = beat->value("lastHeartbeat", json());
    const json figures = beat->value("data", json::object());
    for (const char* key : {"systemStatus", "activeJobs", "totalProcessed", "memoryUsage", "uptime"}) {
      if (figures.contains(key)) shown[key] = figures[key];
    }
  }
  return shown;
}

std::string state_of(const PluginSlot& slot) {
  return slot.instance ? std::string(to_string(slot.instance->state())) : "failed";
}

json plugin_row(const PluginSlot& slot) {
  json shown = {
      {"name", slot.name},
      {"kind", slot.kind},
      {"version", slot.version},
      {"generation", 1},
      {"state", slot.serves() ? state_of(slot) : "failed"},
      {"required", slot.required},
      {"calls", slot.instance ? slot.instance->calls() : 0},
      {"failures", slot.instance ? slot.instance->failures() : 0},
  };
  if (!slot.problem.empty()) shown["problem"] = slot.problem;
  return shown;
}

}  // namespace

json status_view(Hub& hub) {
  const Health health = hub.health();
  json counts = {{"total", 0}, {"active", 0}, {"idle", 0}, {"error", 0}};
  for (const ConnectionView& view : hub.workers().views()) {
    counts["total"] = counts["total"].get<int>() + 1;
    const char* bucket = view.health == "unhealthy" ? "error" : view.state == "idle" ? "idle" : "active";
    counts[bucket] = counts[bucket].get<int>() + 1;
  }
  json plugins = json::object();
  for (const PluginSlot& slot : hub.plugins().slots())
    plugins[slot.name] = slot.serves() ? state_of(slot) : "failed";
  json shown = {
      {"running", true},
      {"version", kVersion},
      {"hub", hub.hub_id()},
      {"uptime_seconds", hub.uptime_ns() / 1'000'000'000},
      {"connections", counts},
      {"jobs", json::object()},
      {"health", health.word()},
      {"problems", health.problems},
      {"draining", (hub.state() & CRAWLHUB_STATE_DRAINING) != 0},
      {"durability", hub.workers().options().durability},
      {"plugins", plugins},
  };
  for (const auto& [name, text] : hub.sections(CRAWLHUB_SECTION_STATUS)) {
    json section = json::parse(text, nullptr, false);
    if (!section.is_discarded()) shown[name] = std::move(section);
  }
  return shown;
}

json connections_view(Hub& hub) {
  const json beats = heartbeats(hub);
  json list = json::array();
  for (const ConnectionView& view : hub.workers().views()) list.push_back(connection_view(view, beats));
  return list;
}

json totals_view(Hub& hub) {
  const NetTotals totals = hub.workers().totals();
  std::uint64_t idle = 0, unhealthy = 0;
  std::int64_t age = 0, last = 0;
  const auto views = hub.workers().views();
  for (const ConnectionView& view : views) {
    idle += view.state == "idle" ? 1 : 0;
    unhealthy += view.health == "unhealthy" ? 1 : 0;
    age += wall_ns() - view.stats.connected_ns;
    last = std::max(last, view.stats.last_activity_ns);
  }
  return {
      {"total", views.size()},
      {"active", views.size() - idle},
      {"idle", idle},
      {"errorConnections", unhealthy},
      {"totalMessagesHandled", totals.messages},
      {"totalBytesTransferred", totals.bytes_in + totals.bytes_out},
      {"averageConnectionTime",
       views.empty() ? 0 : age / static_cast<std::int64_t>(views.size()) / 1'000'000},
      {"peakConnections", totals.peak},
      {"rejectedConnections", totals.rejected},
      {"lastActivity", last == 0 ? json() : json(format_iso8601(last))},
  };
}

json plugins_view(Hub& hub) {
  json list = json::array();
  for (const PluginSlot& slot : hub.plugins().slots()) list.push_back(plugin_row(slot));
  return {{"plugins", list}};
}

json plugin_view(Hub& hub, std::string_view name) {
  const auto& slots = hub.plugins().slots();
  const auto slot = std::ranges::find(slots, name, &PluginSlot::name);
  if (slot == slots.end()) return {};
  json shown = plugin_row(*slot);
  if (!slot->instance) return shown;
  const Instance& instance = *slot->instance;
  shown["summary"] = instance.descriptor().summary;
  const json parsed = json::parse(slot->config_json, nullptr, false);
  shown["config"] = parsed.is_discarded() ? json::object() : parsed;
  const json schema = json::parse(instance.descriptor().config_schema, nullptr, false);
  shown["schema"] = schema.is_discarded() ? json() : schema;
  json types = json::array();
  for (const RegisteredType& type : instance.types())
    types.push_back(
        {{"type", type.type}, {"role", (type.flags & CRAWLHUB_TYPE_OBSERVE) != 0 ? "observes" : "answers"}});
  shown["types"] = types;
  json commands = json::array();
  for (const auto& command : hub.commands().list()) {
    if (command->owner == slot->name) commands.push_back(command->name);
  }
  shown["commands"] = commands;
  shown["capabilities"] = instance.capabilities();
  return shown;
}

json config_view(Hub& hub) {
  json list = json::array();
  for (const ShownSetting& setting : hub.config().shown)
    list.push_back(
        {{"key", setting.key}, {"value", setting.value}, {"origin", setting.origin}, {"live", setting.live}});
  return {{"file", hub.config().file}, {"settings", list}};
}

}  // namespace crawlhub
