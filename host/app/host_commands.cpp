#include "host/app/host_commands.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include <nlohmann/json.hpp>

#include "host/app/hub.hpp"
#include "host/app/views.hpp"
#include "host/commands/descriptors.hpp"
#include "host/commands/error_commands.hpp"
#include "host/core/clock.hpp"
#include "host/errors/catalogue.hpp"
#include "host/version.hpp"

namespace crawlhub {

namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds kDrainLook{50};

CommandAnswer answer(const json& value) {
  return {0, value.dump()};
}
CommandAnswer failure(std::int32_t code, std::string text) {
  return {code, std::move(text)};
}

Command make(std::string name, std::string summary, std::string role, bool read_only, std::string input,
             std::string columns, std::function<CommandAnswer(const json&)> body) {
  Command command;
  command.name = std::move(name);
  command.summary = std::move(summary);
  command.role = std::move(role);
  command.read_only = read_only;
  command.input = std::move(input);
  command.columns = std::move(columns);
  command.owner = "host";
  command.execute = [body = std::move(body)](std::string_view arguments) {
    return body(json::parse(arguments.empty() ? "{}" : arguments));
  };
  return command;
}

constexpr const char* kNoInput = R"json({"type":"object","additionalProperties":false,"properties":{}})json";

CommandAnswer drain(Hub& hub, const json& arguments) {
  hub.begin_drain();
  const auto timeout = std::chrono::duration<double>(arguments.value("timeout", 60.0));
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  while (true) {
    std::uint64_t running = 0;
    for (const auto& [name, text] : hub.sections(CRAWLHUB_SECTION_DRAIN))
      running += std::strtoull(text.c_str(), nullptr, 10);
    const bool over = std::chrono::steady_clock::now() >= deadline || hub.stopping();
    if (running == 0 || over) return answer({{"drained", running == 0}, {"running", running}});
    never.wait_for(lock, kDrainLook);
  }
}

CommandAnswer send(Hub& hub, const json& arguments) {
  const std::string to = arguments.at("crawler");
  const json& message = arguments.at("message");
  if (!message.is_object() || !message.contains("type") || !message["type"].is_string())
    return failure(CRAWLHUB_E_BAD_ARGUMENT, "message: expected an object with a string field type");
  const std::uint64_t id = hub.workers().find(to);
  const json data = message.value("data", json::object());
  if (!data.is_object()) return failure(CRAWLHUB_E_BAD_ARGUMENT, "message.data: expected an object");
  const bool sent = hub.workers().send_now(id, message["type"].get<std::string>(),
                                           message.value("jobId", std::string()), data.dump());
  if (!sent)
    return failure(CRAWLHUB_E_NOT_FOUND, "crawler: no connection \"" + to + "\"; see crawlhub connections");
  return answer({{"sent", 1}});
}

CommandAnswer broadcast(Hub& hub, const json& arguments) {
  std::uint64_t sent = 0;
  for (const ConnectionView& view : hub.workers().views()) {
    json one = arguments;
    one["crawler"] = view.name;
    const CommandAnswer reply = send(hub, one);
    if (reply.code == CRAWLHUB_E_BAD_ARGUMENT) return reply;
    if (reply.code == 0) ++sent;
  }
  return answer({{"sent", sent}});
}

void add_operations(Hub& hub, std::vector<Command>& list) {
  list.push_back(make(
      "drain", "Hand out no more jobs, and wait until nothing runs", "admin", false,
      R"json({"type":"object","additionalProperties":false,"properties":{"timeout":{"type":"number","minimum":0,
          "description":"seconds to wait at most (60)"}}})json",
      "", [&hub](const json& arguments) { return drain(hub, arguments); }));
  list.push_back(make("shutdown", "Stop the hub", "admin", false, kNoInput, "", [&hub](const json&) {
    hub.request_stop("the command shutdown");
    return answer({{"stopping", true}});
  }));
  list.push_back(make(
      "send", "Send a message to one crawler", "admin", false,
      R"json({"type":"object","additionalProperties":false,"required":["crawler","message"],"properties":{
          "crawler":{"type":"string","description":"crawlerId or connection id","x-cli":{"positional":0}},
          "message":{"type":"object","description":"a file with the message: type, data, jobId","x-cli":{"positional":1,"file":true}}}})json",
      "", [&hub](const json& arguments) { return send(hub, arguments); }));
  list.push_back(
      make("broadcast", "Send a message to every crawler", "admin", false,
           R"json({"type":"object","additionalProperties":false,"required":["message"],"properties":{
          "message":{"type":"object","description":"a file with the message: type, data, jobId","x-cli":{"positional":0,"file":true}}}})json",
           "", [&hub](const json& arguments) { return broadcast(hub, arguments); }));
}

void add_views(Hub& hub, std::vector<Command>& list) {
  list.push_back(make("status", "How the hub is", "monitor", true, kNoInput, "",
                      [&hub](const json&) { return answer(status_view(hub)); }));
  list.push_back(make("connections", "The crawlers that are connected", "monitor", true, kNoInput,
                      R"json({"columns":[{"title":"ID","path":"id"},{"title":"CRAWLER","path":"crawlerId"},
                              {"title":"STATE","path":"state"},{"title":"HEALTH","path":"health"},
                              {"title":"STATUS","path":"systemStatus"},{"title":"JOBS","path":"activeJobs"},
                              {"title":"RECEIVED","path":"stats.messagesReceived"},{"title":"ERRORS","path":"stats.errors"},
                              {"title":"CONNECTED","path":"connectedAt"},{"title":"ADDRESS","path":"remoteAddress"}]})json",
                      [&hub](const json&) { return answer(connections_view(hub)); }));
  list.push_back(make("connections.totals", "Figures of all connections together", "monitor", true, kNoInput,
                      "", [&hub](const json&) { return answer(totals_view(hub)); }));
  list.push_back(
      make("plugins.list", "The plugins and how they do", "monitor", true, kNoInput,
           R"json({"list":"plugins","columns":[{"title":"NAME","path":"name"},{"title":"KIND","path":"kind"},
                              {"title":"VERSION","path":"version"},{"title":"STATE","path":"state"},
                              {"title":"CALLS","path":"calls"},{"title":"FAILURES","path":"failures"}]})json",
           [&hub](const json&) { return answer(plugins_view(hub)); }));
  list.push_back(make("plugins.show", "One plugin in full", "monitor", true,
                      R"json({"type":"object","additionalProperties":false,"required":["name"],"properties":{
          "name":{"type":"string","x-cli":{"positional":0}}}})json",
                      "", [&hub](const json& arguments) {
                        const std::string name = arguments.at("name");
                        const json view = plugin_view(hub, name);
                        if (view.is_null())
                          return failure(CRAWLHUB_E_NOT_FOUND,
                                         "name: no plugin \"" + name + "\"; see crawlhub plugins list");
                        return answer(view);
                      }));
  list.push_back(
      make("config.show", "Every setting with where its value comes from", "monitor", true, kNoInput,
           R"json({"list":"settings","columns":[{"title":"KEY","path":"key"},{"title":"VALUE","path":"value"},
                              {"title":"ORIGIN","path":"origin"}]})json",
           [&hub](const json&) { return answer(config_view(hub)); }));
  list.push_back(make(
      "health", "Whether the hub is ready, and what is wrong", "monitor", true, kNoInput, "",
      [&hub](const json&) {
        const Health health = hub.health();
        return answer({{"ready", health.ready}, {"health", health.word()}, {"problems", health.problems}});
      }));
}

Result<std::string> query_errors(Hub& hub, std::string_view parameters) {
  hub.errors().flush();
  std::string text;
  const crawlhub_status status = hub.requests().query(CRAWLHUB_QUERY_ERRORS_LIST, parameters,
                                                      [&text](std::string_view part) { text = part; });
  if (status != CRAWLHUB_OK) return Status(CRAWLHUB_E_QUERY_FAILED, text);
  // The storage keeps the catalogue's numbers; people and programs read its words.
  json page = json::parse(text);
  for (json& error : page["errors"]) {
    if (error["code"].is_number()) error["code"] = catalogue_entry(error["code"].get<std::int32_t>()).wire;
  }
  return page.dump();
}

}  // namespace

Status add_host_commands(Hub& hub) {
  std::vector<Command> list;
  add_views(hub, list);
  add_operations(hub, list);
  for (Command& command : list) {
    if (Status status = hub.commands().add(std::move(command)); !status) return status;
  }
  if (Status status = add_commands_command(hub.commands()); !status) return status;
  return add_error_commands(hub.commands(), hub.errors(),
                            [&hub](std::string_view parameters) { return query_errors(hub, parameters); });
}

}  // namespace crawlhub
