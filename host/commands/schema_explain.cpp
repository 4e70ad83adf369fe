#include "host/commands/schema_explain.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace crawlhub {

namespace {

using nlohmann::json;

constexpr std::size_t kMostShown = 60;

std::string shown(const json& value) {
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() > kMostShown) text = text.substr(0, kMostShown) + "...";
  return text;
}

bool is_type(const json& value, std::string_view type) {
  if (type == "integer") {
    return value.is_number_integer() ||
           (value.is_number_float() &&
            value.get<double>() == static_cast<double>(static_cast<std::int64_t>(value.get<double>())));
  }
  if (type == "number") return value.is_number();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  return type != "null" || value.is_null();
}

std::string type_words(std::string_view type) {
  if (type == "integer") return "an integer";
  if (type == "number") return "a number";
  if (type == "string") return "a string";
  if (type == "boolean") return "true or false";
  if (type == "array") return "a list";
  if (type == "object") return "an object";
  return std::string(type);
}

// The names of "type", which is one or a list of them.
std::vector<std::string> types_of(const json& schema) {
  const auto at = schema.find("type");
  if (at == schema.end()) return {};
  if (at->is_string()) return {at->get<std::string>()};
  std::vector<std::string> names;
  if (at->is_array()) {
    for (const json& name : *at) {
      if (name.is_string()) names.push_back(name.get<std::string>());
    }
  }
  return names;
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += separator;
    text += word;
  }
  return text;
}

std::string range_words(const json& schema, const char* least, const char* most, std::string_view unit) {
  const bool has_least = schema.contains(least);
  const bool has_most = schema.contains(most);
  if (has_least && has_most)
    return " from " + shown(schema[least]) + " to " + shown(schema[most]) + std::string(unit);
  if (has_least) return " of at least " + shown(schema[least]) + std::string(unit);
  if (has_most) return " of at most " + shown(schema[most]) + std::string(unit);
  return {};
}

bool outside(const json& schema, const char* least, const char* most, double value) {
  const auto number = [&](const char* key) -> const json* {
    const auto at = schema.find(key);
    return at != schema.end() && at->is_number() ? &*at : nullptr;
  };
  if (const json* bound = number(least); bound != nullptr && value < bound->get<double>()) return true;
  const json* bound = number(most);
  return bound != nullptr && value > bound->get<double>();
}

bool breaks_own_rules(const json& schema, const json& value) {
  const std::vector<std::string> types = types_of(schema);
  if (!types.empty() && std::ranges::none_of(types, [&](const auto& type) { return is_type(value, type); }))
    return true;
  if (const auto list = schema.find("enum"); list != schema.end() && list->is_array()) {
    if (std::ranges::find(*list, value) == list->end()) return true;
  }
  if (value.is_number() && outside(schema, "minimum", "maximum", value.get<double>())) return true;
  if (value.is_array() && outside(schema, "minItems", "maxItems", static_cast<double>(value.size())))
    return true;
  return value.is_string() && outside(schema, "minLength", "maxLength",
                                      static_cast<double>(value.get_ref<const std::string&>().size()));
}

std::string named(const std::string& path, const std::string& text) {
  return (path.empty() ? std::string("the arguments") : path) + ": " + text;
}

std::string member_path(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

std::string explain(const json& schema, const json& value, const std::string& path);

std::string explain_missing(const json& schema, const json& value, const std::string& path) {
  const auto required = schema.find("required");
  if (required == schema.end() || !required->is_array()) return {};
  for (const json& name : *required) {
    if (!name.is_string() || value.contains(name.get<std::string>())) continue;
    const auto key = name.get<std::string>();
    const json& properties = schema.value("properties", json::object());
    const std::string expected =
        properties.contains(key) ? describe_expected(properties[key]) : std::string("a value");
    return named(member_path(path, key), "is missing, expected " + expected);
  }
  return {};
}

std::string explain_members(const json& schema, const json& value, const std::string& path) {
  const json properties = schema.value("properties", json::object());
  const json others = schema.value("additionalProperties", json(true));
  for (const auto& [key, member] : value.items()) {
    std::string why;
    if (properties.contains(key)) {
      why = explain(properties[key], member, member_path(path, key));
    } else if (others.is_object()) {
      why = explain(others, member, member_path(path, key));
    } else if (others == json(false)) {
      std::vector<std::string> known;
      for (const auto& [name, unused] : properties.items()) known.push_back(name);
      why = named(
          member_path(path, key),
          "is not known here, " + (known.empty() ? "nothing is expected" : "expected " + join(known, ", ")));
    }
    if (!why.empty()) return why;
  }
  return {};
}

std::string explain_items(const json& schema, const json& value, const std::string& path) {
  const auto items = schema.find("items");
  if (items == schema.end() || !items->is_object()) return {};
  for (std::size_t i = 0; i < value.size(); ++i) {
    std::string why = explain(*items, value[i], path + "[" + std::to_string(i) + "]");
    if (!why.empty()) return why;
  }
  return {};
}

std::string explain(const json& schema, const json& value, const std::string& path) {
  if (!schema.is_object()) return {};
  if (breaks_own_rules(schema, value)) {
    return named(path, "expected " + describe_expected(schema) + ", got " + shown(value));
  }
  if (value.is_object()) {
    std::string why = explain_missing(schema, value, path);
    return why.empty() ? explain_members(schema, value, path) : why;
  }
  return value.is_array() ? explain_items(schema, value, path) : std::string();
}

}  // namespace

std::string describe_expected(const json& schema) {
  if (!schema.is_object()) return "a value";
  if (const auto list = schema.find("enum"); list != schema.end() && list->is_array()) {
    std::vector<std::string> words;
    for (const json& value : *list) words.push_back(shown(value));
    return "one of " + join(words, ", ");
  }
  std::vector<std::string> words;
  for (const std::string& type : types_of(schema)) words.push_back(type_words(type));
  std::string text = words.empty() ? "a value" : join(words, " or ");
  text += range_words(schema, "minimum", "maximum", "");
  text += range_words(schema, "minLength", "maxLength", " characters");
  text += range_words(schema, "minItems", "maxItems", " entries");
  if (const auto pattern = schema.find("pattern"); pattern != schema.end() && pattern->is_string()) {
    text += " that matches " + pattern->get<std::string>();
  }
  return text;
}

std::string explain_mismatch(const json& schema, const json& value) {
  return explain(schema, value, {});
}

}  // namespace crawlhub
