#include "host/commands/error_commands.hpp"

#include <utility>

#include "host/core/json_text.hpp"
#include "host/errors/catalogue.hpp"

namespace crawlhub {

namespace {

constexpr const char* kColumns =
    R"({"list":"errors","columns":[{"title":"TIME","path":"timestamp"},{"title":"SEVERITY","path":"severity"},)"
    R"({"title":"CATEGORY","path":"category"},{"title":"CODE","path":"code"},{"title":"JOB","path":"jobId"},)"
    R"({"title":"MESSAGE","path":"message"}]})";

void append_names(JsonWriter& to, std::string_view (*name)(std::int32_t), std::int32_t count) {
  to.key("enum").begin_array();
  for (std::int32_t i = 1; i <= count; ++i) to.value(name(i));
  to.end_array();
}

std::string list_input() {
  std::string text;
  JsonWriter to(text);
  to.begin_object().field("type", "object").key("properties").begin_object();
  to.key("limit").begin_object().field("type", "integer").field("minimum", 1).field("maximum", 1000);
  to.field("default", 50).field("description", "How many at most.").end_object();
  to.key("after").begin_object().field("type", "string");
  to.field("description", "The cursor `next` of the page before.").end_object();
  to.key("category").begin_object().field("type", "string");
  append_names(to, category_name, CRAWLHUB_CATEGORY_INTERNAL);
  to.field("description", "Only errors of this category.").end_object();
  to.key("severity").begin_object().field("type", "string");
  append_names(to, severity_name, CRAWLHUB_SEVERITY_CRITICAL);
  to.field("description", "Only errors of this severity.").end_object();
  to.key("jobId").begin_object().field("type", "string").raw_field("x-cli", R"({"flag":"--job"})");
  to.field("description", "Only errors of this job.").end_object();
  to.end_object().end_object();
  return text;
}

Command command_of(std::string name, std::string summary) {
  Command command;
  command.name = std::move(name);
  command.summary = std::move(summary);
  command.role = "monitor";
  command.owner = "host";
  command.read_only = true;
  return command;
}

}  // namespace

Status add_error_commands(CommandRegistry& registry, const ErrorManager& errors, ErrorsQuery query) {
  Command list = command_of("errors", "List the errors that were kept, newest first.");
  list.input = list_input();
  list.columns = kColumns;
  list.execute = [query = std::move(query)](std::string_view arguments) -> CommandAnswer {
    Result<std::string> answer = query(arguments);
    if (!answer) return {answer.code(), answer.error()};
    return {0, std::move(answer).value()};
  };
  if (Status status = registry.add(std::move(list)); !status) return status;

  Command stats = command_of("errors.stats",
                             "Count errors by category and severity, with the most frequent and the trend.");
  stats.execute = [&errors](std::string_view) -> CommandAnswer { return {0, errors.stats_json()}; };
  return registry.add(std::move(stats));
}

}  // namespace crawlhub
