#include "host/admin/list_commands.hpp"

#include "host/core/json_text.hpp"

namespace crawlhub {

namespace {

std::string describe_all(const CommandRegistry& registry) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("commands").begin_array();
  for (const auto& command : registry.list()) {
    json.begin_object()
        .field("name", command->name)
        .field("summary", command->summary)
        .field("role", command->role)
        .field("owner", command->owner)
        .field("readOnly", command->read_only)
        .raw_field("input", command->input.empty() ? "{}" : command->input)
        .raw_field("columns", command->columns.empty() ? "{}" : command->columns)
        .end_object();
  }
  json.end_array().end_object();
  return text;
}

}  // namespace

Command list_commands(const CommandRegistry& registry) {
  Command command;
  command.name = "commands";
  command.summary = "List the commands that this hub and its plugins offer";
  command.role = "monitor";
  command.owner = "host";
  command.read_only = true;
  command.input = R"({"type":"object","properties":{},"additionalProperties":false})";
  command.columns =
      R"({"list":"commands","columns":[{"title":"COMMAND","path":"name"},{"title":"ROLE","path":"role"},
    {"title":"FROM","path":"owner"},{"title":"WHAT IT DOES","path":"summary"}]})";
  command.execute = [&registry](std::string_view) { return CommandAnswer{0, describe_all(registry)}; };
  return command;
}

}  // namespace crawlhub
