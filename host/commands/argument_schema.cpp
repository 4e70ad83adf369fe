#include "host/commands/argument_schema.hpp"

#include <exception>
#include <utility>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <crawlhub/abi/errors.h>

#include "host/commands/schema_explain.hpp"

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
  if (!document.contains("properties")) document["properties"] = json::object();
  // A misspelt argument is told, not passed over.
  if (!document.contains("additionalProperties")) document["additionalProperties"] = false;
  return document;
}

void fill_defaults(const json& properties, json& arguments) {
  for (const auto& [name, property] : properties.items()) {
    if (!property.is_object() || arguments.contains(name)) continue;
    if (const auto value = property.find("default"); value != property.end()) arguments[name] = *value;
  }
}

}  // namespace

struct ArgumentSchema::Compiled {
  json document;
  valijson::Schema schema;
};

ArgumentSchema::ArgumentSchema(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}

ArgumentSchema::~ArgumentSchema() = default;

Result<std::shared_ptr<const ArgumentSchema>> ArgumentSchema::compile(std::string_view input) {
  Result<json> document = parse_input(input);
  if (!document) return document.status();
  auto compiled = std::make_unique<Compiled>();
  compiled->document = std::move(document).value();
  try {
    const valijson::adapters::NlohmannJsonAdapter adapter(compiled->document);
    valijson::SchemaParser().populateSchema(adapter, compiled->schema);
  } catch (const std::exception& error) {
    return bad_argument(std::string("its input schema is not usable: ") + error.what());
  }
  return std::shared_ptr<const ArgumentSchema>(new ArgumentSchema(std::move(compiled)));
}

Result<std::string> ArgumentSchema::check(std::string_view arguments) const {
  json value = arguments.empty() ? json::object() : json::parse(arguments, nullptr, false);
  if (value.is_discarded()) return bad_argument("the arguments are not JSON");
  if (!value.is_object()) return bad_argument("the arguments are not a JSON object");
  fill_defaults(compiled_->document["properties"], value);

  valijson::Validator validator;
  valijson::ValidationResults results;
  bool valid = false;
  std::string why;
  try {
    const valijson::adapters::NlohmannJsonAdapter adapter(value);
    valid = validator.validate(compiled_->schema, adapter, &results);
  } catch (const std::exception& error) {
    why = error.what();
  }
  if (valid) return value.dump();
  if (std::string sentence = explain_mismatch(compiled_->document, value); !sentence.empty()) {
    return bad_argument(std::move(sentence));
  }
  if (valijson::ValidationResults::Error error; why.empty() && results.popError(error))
    why = error.description;
  return bad_argument("the arguments break the command's schema: " + why);
}

}  // namespace crawlhub
