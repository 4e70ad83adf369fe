#include "host/commands/descriptors.hpp"

#include <nlohmann/json.hpp>

#include <crawlhub/abi/errors.h>

namespace crawlhub {

namespace {

using nlohmann::json;

constexpr const char* kColumns =
    R"({"list":"commands","columns":[{"title":"COMMAND","path":"name"},{"title":"ROLE","path":"role"},)"
    R"({"title":"FROM","path":"owner"},{"title":"WHAT IT DOES","path":"summary"}]})";

std::string text_of(const json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

std::string raw_of(const json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && !at->is_null() ? at->dump() : std::string();
}

}  // namespace

void append_command(JsonWriter& to, const Command& command) {
  to.begin_object()
      .field("name", command.name)
      .field("summary", command.summary)
      .field("role", command.role)
      .field("readOnly", command.read_only)
      .field("owner", command.owner)
      .raw_field("input", command.input.empty() ? "{}" : command.input)
      .raw_field("columns", command.columns.empty() ? "null" : command.columns)
      .end_object();
}

Result<std::vector<Command>> parse_commands(std::string_view text) {
  const json list = json::parse(text, nullptr, false);
  if (!list.is_array()) return Status(CRAWLHUB_E_BAD_ARGUMENT, "the list of commands is not a JSON list");
  std::vector<Command> commands;
  for (const json& entry : list) {
    Command command;
    command.name = text_of(entry, "name");
    if (command.name.empty()) return Status(CRAWLHUB_E_BAD_ARGUMENT, "a command in the list has no name");
    command.summary = text_of(entry, "summary");
    command.role = text_of(entry, "role");
    command.owner = text_of(entry, "owner");
    command.read_only = entry.value("readOnly", json(false)) == json(true);
    command.input = raw_of(entry, "input");
    command.columns = raw_of(entry, "columns");
    commands.push_back(std::move(command));
  }
  return commands;
}

Status add_commands_command(CommandRegistry& registry) {
  Command command;
  command.name = "commands";
  command.summary = "List the commands that this hub knows, with their arguments.";
  command.role = "monitor";
  command.columns = kColumns;
  command.owner = "host";
  command.read_only = true;
  command.execute = [&registry](std::string_view) {
    CommandAnswer answer;
    JsonWriter writer(answer.text);
    writer.begin_object().key("commands").begin_array();
    for (const auto& each : registry.list()) append_command(writer, *each);
    writer.end_array().end_object();
    return answer;
  };
  return registry.add(std::move(command));
}

}  // namespace crawlhub
