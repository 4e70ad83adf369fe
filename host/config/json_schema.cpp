// g++ 12 suspects std::regex, which valijson uses, of reading what it did not write, where sanitizers are on.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include "host/config/json_schema.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <crawlhub/abi/errors.h>

namespace crawlhub {
namespace {

using nlohmann::json;

// One step of valijson's path: "[name]", or "[3]" in a list. The first, "<root>", is no step.
std::string_view step_name(std::string_view step) {
  return step.starts_with('[') && step.ends_with(']') ? step.substr(1, step.size() - 2) : step;
}

// A place in the value, with the schema that holds there as far as it can be told.
struct Place {
  std::string path;
  const json* schema;
  const json* value;
};

const json* member(const json* object, std::string_view key) {
  if (object == nullptr || !object->is_object()) return nullptr;
  const auto found = object->find(std::string(key));
  return found == object->end() ? nullptr : &*found;
}

Place enter(Place place, std::string_view name) {
  if (place.value != nullptr && place.value->is_array()) {
    const auto index = static_cast<std::size_t>(std::strtoul(std::string(name).c_str(), nullptr, 10));
    place.value = index < place.value->size() ? &(*place.value)[index] : nullptr;
    place.schema = member(place.schema, "items");
    place.path += '[' + std::string(name) + ']';
    return place;
  }
  const json* named = member(member(place.schema, "properties"), name);
  place.schema = named != nullptr ? named : member(place.schema, "additionalProperties");
  place.value = member(place.value, name);
  if (!place.path.empty()) place.path += '.';
  place.path += name;
  return place;
}

// Properties that an object lacks, and those that it should not have: valijson says only that something is
// wrong with the object.
void find_members(const Place& place, std::vector<SchemaProblem>& problems) {
  const json* required = member(place.schema, "required");
  for (const json& name : required == nullptr ? json::array() : *required) {
    if (!name.is_string() || place.value->contains(name)) continue;
    const Place missing = enter(place, name.get<std::string>());
    problems.push_back(
        {missing.path, "is missing, expected " + describe_schema(missing.schema ? *missing.schema : json())});
  }
  const json* others = member(place.schema, "additionalProperties");
  if (others == nullptr || *others != json(false) || place.schema->contains("patternProperties")) return;
  for (const auto& [name, value] : place.value->items()) {
    if (member(member(place.schema, "properties"), name) != nullptr) continue;
    problems.push_back({enter(place, name).path, unknown_property(*place.schema, name)});
  }
}

// std::regex recurses with each byte: a long text would end the stack.
constexpr std::size_t kLongestMatched = 4096;

// Whether a pattern may be applied to what stands at place.
bool may_be_matched(const Place& place) {
  constexpr std::array kComposite = {"pattern", "anyOf", "oneOf", "allOf", "not", "if", "$ref"};
  return place.schema == nullptr || std::any_of(kComposite.begin(), kComposite.end(), [&](const char* key) {
           return member(place.schema, key) != nullptr;
         });
}

void find_long_texts(const Place& place, std::vector<SchemaProblem>& problems) {
  if (place.value->is_string()) {
    const std::size_t length = place.value->get_ref<const std::string&>().size();
    if (length > kLongestMatched && may_be_matched(place)) {
      problems.push_back({place.path, "is too long, expected at most 4096 bytes"});
    }
  } else if (place.value->is_object()) {
    for (const auto& [name, value] : place.value->items()) find_long_texts(enter(place, name), problems);
  } else if (place.value->is_array()) {
    for (std::size_t i = 0; i < place.value->size(); ++i)
      find_long_texts(enter(place, std::to_string(i)), problems);
  }
}

// Goes through all objects below place.
void find_members_below(const Place& place, std::vector<SchemaProblem>& problems) {
  if (place.schema == nullptr || place.value == nullptr) return;
  if (place.value->is_object()) {
    find_members(place, problems);
    for (const auto& [name, value] : place.value->items()) find_members_below(enter(place, name), problems);
  } else if (place.value->is_array()) {
    for (std::size_t i = 0; i < place.value->size(); ++i)
      find_members_below(enter(place, std::to_string(i)), problems);
  }
}

// What valijson says of a parent because of its child, or what find_members says better.
bool is_echo(std::string_view text) {
  return text.starts_with("Failed to validate against schema associated with property") ||
         text.starts_with("Failed to validate item #") || text.starts_with("Missing required property") ||
         text.starts_with("Object contains a property that could not be validated");
}

SchemaProblem problem_of(const valijson::ValidationResults::Error& error, const json& schema,
                         const json& value) {
  Place place{"", &schema, &value};
  for (std::size_t i = 1; i < error.context.size(); ++i)
    place = enter(std::move(place), step_name(error.context[i]));
  const std::string expected = place.schema == nullptr ? "" : describe_schema(*place.schema);
  if (expected.empty() || place.value == nullptr) return {std::move(place.path), error.description};
  const bool scalar = place.value->is_primitive();
  return {std::move(place.path),
          (scalar ? place.value->dump(-1, ' ', false, json::error_handler_t::replace) + " is not usable"
           : place.value->is_array() ? "the list is not usable"
                                     : "the object is not usable") +
              ", expected " + expected};
}

}  // namespace

struct JsonSchema::Compiled {
  json source;
  valijson::Schema schema;
  bool has_pattern = false;
};

Result<JsonSchema> JsonSchema::compile(std::string_view text) {
  const json schema = json::parse(text, nullptr, false);
  if (schema.is_discarded()) return {CRAWLHUB_E_BAD_CONFIG, "the schema is not JSON"};
  return from_json(schema);
}

Result<JsonSchema> JsonSchema::from_json(const json& schema) {
  if (!schema.is_object()) return {CRAWLHUB_E_BAD_CONFIG, "the schema is not a JSON object"};
  auto compiled = std::make_shared<Compiled>();
  compiled->source = schema;
  compiled->has_pattern = schema.dump().find("\"pattern") != std::string::npos;
  try {
    valijson::SchemaParser parser;
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(compiled->source), compiled->schema);
  } catch (const std::exception& problem) {
    return {CRAWLHUB_E_BAD_CONFIG, std::string("the schema is not a JSON Schema: ") + problem.what()};
  }
  return JsonSchema(std::move(compiled));
}

std::vector<SchemaProblem> JsonSchema::complete(json& value) const {
  apply_schema_defaults(compiled_->source, value);
  return check(value);
}

std::vector<SchemaProblem> JsonSchema::check(const json& value) const {
  std::vector<SchemaProblem> problems;
  if (compiled_->has_pattern) find_long_texts({"", &compiled_->source, &value}, problems);
  if (!problems.empty()) return problems;
  find_members_below({"", &compiled_->source, &value}, problems);
  valijson::Validator validator(valijson::Validator::kStrongTypes);
  valijson::ValidationResults results;
  try {
    validator.validate(compiled_->schema, valijson::adapters::NlohmannJsonAdapter(value), &results);
  } catch (const std::exception& problem) {  // A pattern that std::regex cannot take on.
    problems.push_back({"", std::string("cannot be checked: ") + problem.what()});
  }
  for (const auto& error : results) {
    if (is_echo(error.description)) continue;
    SchemaProblem problem = problem_of(error, compiled_->source, value);
    const bool known = std::any_of(problems.begin(), problems.end(),
                                   [&](const SchemaProblem& other) { return other.path == problem.path; });
    if (!known) problems.push_back(std::move(problem));
  }
  return problems;
}

}  // namespace crawlhub
