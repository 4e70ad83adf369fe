// What is said about a schema, and taken from it, without checking anything.

#include <nlohmann/json.hpp>

#include "host/config/json_schema.hpp"
#include "host/config/words.hpp"

namespace crawlhub {
namespace {

using nlohmann::json;

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string bounds_of(const json& schema, const char* least_key, const char* most_key) {
  const bool least = schema.contains(least_key), most = schema.contains(most_key);
  if (least && most) return " from " + text_of(schema[least_key]) + " to " + text_of(schema[most_key]);
  if (least) return ", at least " + text_of(schema[least_key]);
  return most ? ", at most " + text_of(schema[most_key]) : "";
}

std::string describe_words(const json& words) {
  std::vector<std::string> texts;
  for (const json& word : words) texts.push_back(text_of(word));
  return (texts.size() > 1 ? "one of " : "") + join_words({texts.begin(), texts.end()});
}

std::string describe_string(const json& schema) {
  const std::string format = schema.value("format", "");
  if (format == "duration") {
    return "a duration such as 30s" + bounds_of(schema, "x-minimum", "x-maximum") +
           (schema.value("x-off", false) ? ", or off" : "");
  }
  if (format == "size") return "a size such as 4MiB" + bounds_of(schema, "x-minimum", "x-maximum");
  if (schema.value("x-secret", false)) return "a text, or file:PATH of a file that holds it";
  std::string text = schema.value("minLength", 0) == 1 ? "a text that is not empty" : "a text";
  if (schema.contains("pattern")) text += " like " + text_of(schema["pattern"]);
  return text;
}

std::string describe_type(const json& schema, const std::string& type) {
  if (type == "string") return describe_string(schema);
  if (type == "integer") return "a whole number" + bounds_of(schema, "minimum", "maximum");
  if (type == "number") return "a number" + bounds_of(schema, "minimum", "maximum");
  if (type == "boolean") return "true or false";
  if (type == "array") {
    const bool known = schema.contains("items") && schema["items"].is_object();
    return "a list" + bounds_of(schema, "minItems", "maxItems") +
           (known ? " of " + describe_schema(schema["items"]) : "");
  }
  if (type == "object") return "a map of settings";
  return type == "null" ? "nothing" : "a value";
}

}  // namespace

std::string describe_schema(const json& schema) {
  if (!schema.is_object()) return "a value";
  if (schema.contains("enum") && schema["enum"].is_array()) return describe_words(schema["enum"]);
  if (schema.contains("const")) return text_of(schema["const"]);
  if (!schema.contains("type")) return "a value";
  const json& type = schema["type"];
  if (type.is_string()) return describe_type(schema, type.get<std::string>());
  std::string text;
  for (const json& one : type) {
    if (one.is_string()) text += (text.empty() ? "" : " or ") + describe_type(schema, one.get<std::string>());
  }
  return text;
}

std::string unknown_property(const json& schema, std::string_view name) {
  std::vector<std::string> names;
  if (schema.contains("properties")) {
    for (const auto& [property, value] : schema["properties"].items()) names.push_back(property);
  }
  return unknown_key(name, {names.begin(), names.end()});
}

void apply_schema_defaults(const json& schema, json& value) {
  if (!schema.is_object() || !schema.contains("properties")) return;
  if (value.is_null()) value = json::object();
  if (!value.is_object()) return;
  for (const auto& [name, property] : schema["properties"].items()) {
    if (!property.is_object()) continue;
    if (!value.contains(name) && property.contains("default")) value[name] = property["default"];
    if (value.contains(name)) {
      apply_schema_defaults(property, value[name]);
    } else if (property.contains("properties")) {
      json nested = json::object();
      apply_schema_defaults(property, nested);
      if (!nested.empty()) value[name] = std::move(nested);
    }
  }
}

}  // namespace crawlhub
