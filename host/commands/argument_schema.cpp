#include "host/commands/argument_schema.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include <crawlhub/abi/errors.h>

#include "host/config/json_schema.hpp"

namespace crawlhub {

namespace {

using nlohmann::json;

Status bad_argument(std::string text) {
  return {CRAWLHUB_E_BAD_ARGUMENT, std::move(text)};
}

Result<json> parse_input(std::string_view input) {
  json document = input.empty() ? json::object() : json::parse(input, nullptr, false);
  if (document.is_discarded()) return bad_argument("its input schema is not JSON");
  if (!document.is_object() || document.value("type", json("object")) != json("object")) {
    return bad_argument("its input schema does not describe an object");
  }
  document["type"] = "object";
  // A misspelt argument is told, not passed over.
  if (!document.contains("additionalProperties")) document["additionalProperties"] = false;
  return document;
}

// One sentence a problem, so that all are mended at once.
std::string sentence_of(const std::vector<SchemaProblem>& problems) {
  std::string text;
  for (const SchemaProblem& problem : problems) {
    if (!text.empty()) text += "; ";
    text += (problem.path.empty() ? "the arguments" : problem.path) + ": " + problem.text;
  }
  return text;
}

}  // namespace

struct ArgumentSchema::Compiled {
  JsonSchema schema;
};

ArgumentSchema::ArgumentSchema(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}

ArgumentSchema::~ArgumentSchema() = default;

Result<std::shared_ptr<const ArgumentSchema>> ArgumentSchema::compile(std::string_view input) {
  const Result<json> document = parse_input(input);
  if (!document) return document.status();
  Result<JsonSchema> schema = JsonSchema::from_json(*document);
  if (!schema) return bad_argument("its input is refused: " + schema.error());
  auto compiled = std::make_unique<Compiled>(Compiled{std::move(schema).value()});
  return std::shared_ptr<const ArgumentSchema>(new ArgumentSchema(std::move(compiled)));
}

Result<std::string> ArgumentSchema::check(std::string_view arguments) const {
  json value = arguments.empty() ? json::object() : json::parse(arguments, nullptr, false);
  if (value.is_discarded()) return bad_argument("the arguments are not JSON");
  if (!value.is_object()) return bad_argument("the arguments are not a JSON object");
  const std::vector<SchemaProblem> problems = compiled_->schema.complete(value);
  if (!problems.empty()) return bad_argument(sentence_of(problems));
  return value.dump();
}

}  // namespace crawlhub
