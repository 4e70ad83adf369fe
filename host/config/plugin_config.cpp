// A plugin's own settings, read by its schema: every problem is told where it stands in the file.
#include <algorithm>
#include <map>
#include <sstream>

#include <nlohmann/json.hpp>

#include "host/config/expand.hpp"
#include "host/config/json_schema.hpp"
#include "host/config/load.hpp"
#include "host/config/loading.hpp"
#include "host/config/value.hpp"
#include "host/config/words.hpp"
#include "host/core/units.hpp"
#include "host/observe/mask.hpp"

namespace crawlhub {
namespace {

using nlohmann::json;

bool is_string_schema(const json& schema) {
  return schema.is_object() && schema.value("type", json()) == json("string");
}

std::string format_of(const json& schema) {
  return is_string_schema(schema) && schema.contains("format") ? schema.value("format", "") : "";
}

bool is_unit_format(std::string_view format) {
  return format == "duration" || format == "size";
}

// The schema that the normalised value is checked against: durations and sizes have become numbers by then.
json normalised_schema(json schema) {
  if (schema.is_array()) {
    for (json& element : schema) element = normalised_schema(std::move(element));
  }
  if (!schema.is_object()) return schema;
  if (is_unit_format(format_of(schema))) return json{{"type", "integer"}};
  for (auto& [key, value] : schema.items()) {
    if (key != "default" && key != "enum" && key != "const") value = normalised_schema(std::move(value));
  }
  return schema;
}

// A default of the schema as if the file said it, at no place: it is read by the same rules.
ConfigNode default_node(const json& value) {
  ConfigNode node;
  if (value.is_object()) {
    node.kind = ConfigNode::Kind::map;
    for (const auto& [key, item] : value.items())
      node.members.push_back({key, Position(), default_node(item)});
  } else if (value.is_array()) {
    node.kind = ConfigNode::Kind::list;
    for (const json& item : value) node.items.push_back(default_node(item));
  } else if (!value.is_null()) {
    node.kind = ConfigNode::Kind::scalar;
    node.quoted = value.is_string();
    node.text = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return node;
}

class PluginReading {
 public:
  PluginReading(const PluginConfig& plugin, const Environment& environment, ConfigResult& result)
      : plugin_(plugin), environment_(environment), result_(result) {}

  // The config with everything filled in. Problems are reported by the way.
  json read_all(const json& schema) {
    const std::string key = plugin_.key + ".config";
    ConfigNode none;
    none.position = plugin_.position;
    json value =
        read_object(schema, plugin_.config.kind == ConfigNode::Kind::map ? plugin_.config : none, key);
    check_rest(schema, value, key);
    return value;
  }

  void fail(const ConfigNode& node, const std::string& key, std::string text) {
    result_.errors.push_back(problem(node, key, std::move(text)));
  }

 private:
  ConfigProblem problem(const ConfigNode& node, const std::string& key, std::string text) const {
    std::string source = node.variable.empty() ? result_.config.source : "environment " + node.variable;
    return {std::move(source), node.position, key, std::move(text)};
  }

  json read_object(const json& schema, const ConfigNode& node, const std::string& key) {
    json object = json::object();
    const json properties = schema.value("properties", json::object());
    for (const auto& [name, property] : properties.items()) {
      json value = read_property(name, property, node, key + '.' + name);
      if (!value.is_null()) object[name] = std::move(value);
    }
    const json others = schema.value("additionalProperties", json(true));
    for (const ConfigNode::Member& member : node.members) {
      const std::string member_key = key + '.' + member.key;
      if (properties.contains(member.key)) continue;
      if (others == json(false)) {
        ConfigNode place;
        place.position = member.position;
        fail(place, member_key, unknown_property(schema, member.key));
      } else {
        object[member.key] = read_value_of(others, member.value, member.key, member_key);
      }
    }
    return object;
  }

  // Environment, file, default, in this order; null where there is none.
  json read_property(const std::string& name, const json& property, const ConfigNode& parent,
                     const std::string& key) {
    if (!property.is_object()) return nullptr;
    const ConfigNode* node = parent.find(name);
    const std::string variable = property.value("x-env", "");
    const auto set = variable.empty() ? std::nullopt : environment_(variable);
    if (set && !set->empty())
      return read_value_of(property, from_variable(property, *set, variable), name, key);
    if (node != nullptr && !node->is_null()) return read_value_of(property, *node, name, key);
    if (property.contains("default"))
      return read_value_of(property, default_node(property["default"]), name, key);
    if (property.contains("properties")) {
      ConfigNode none;
      none.position = parent.position;
      json nested = read_object(property, none, key);
      return nested.empty() ? json() : nested;
    }
    return nullptr;
  }

  // A list is written with commas: "branch,commit".
  static ConfigNode list_from_variable(const std::string& text, const std::string& variable) {
    ConfigNode list = variable_node({}, variable);
    list.kind = ConfigNode::Kind::list;
    std::istringstream items(text);
    for (std::string item; std::getline(items, item, ',');) {
      const auto begin = item.find_first_not_of(' ');
      if (begin == std::string::npos) continue;
      item = item.substr(begin, item.find_last_not_of(' ') - begin + 1);
      list.items.push_back(variable_node(std::move(item), variable));
    }
    return list;
  }

  static ConfigNode from_variable(const json& property, std::string text, const std::string& variable) {
    if (property.value("type", json()) == "array") return list_from_variable(text, variable);
    const bool number = text.find_first_not_of("0123456789") == std::string::npos;
    if (format_of(property) == "duration" && number) {
      text = text == "0" && property.value("x-off", false) ? "off" : text + "ms";
    }
    ConfigNode node = variable_node(std::move(text), variable);
    node.quoted = false;
    return node;
  }

  json read_value_of(const json& schema, const ConfigNode& node, const std::string& name,
                     const std::string& key) {
    if (node.kind == ConfigNode::Kind::map && schema.is_object() &&
        (schema.contains("properties") || schema.contains("additionalProperties"))) {
      return read_object(schema, node, key);
    }
    if (node.kind == ConfigNode::Kind::list) return read_list(schema, node, name, key);
    places_[key] = node;
    if (node.kind == ConfigNode::Kind::scalar && is_string_schema(schema))
      return read_text(schema, node, name, key);
    json value = json::parse(to_json(node), nullptr, false);
    show(key, value.dump(), origin_of(node, result_.config.source));
    return value;
  }

  json read_list(const json& schema, const ConfigNode& node, const std::string& name,
                 const std::string& key) {
    places_[key] = node;
    const json items = schema.is_object() ? schema.value("items", json(true)) : json(true);
    json list = json::array();
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      list.push_back(read_value_of(items, node.items[i], name, key + '[' + std::to_string(i) + ']'));
    }
    return list;
  }

  // A string by its schema, so a scalar need not be quoted to be one.
  json read_text(const json& schema, const ConfigNode& node, const std::string& name,
                 const std::string& key) {
    const std::string format = format_of(schema);
    const bool secret = schema.value("x-secret", false) || is_secret_key(name);
    show(key, secret ? std::string(kMasked) : mask_secrets(node.text),
         origin_of(node, result_.config.source));
    if (is_unit_format(format)) return read_unit(schema, format, node, key);
    if (!secret) return node.text;
    std::string warning;
    auto content = read_secret(node.text, result_.config.directory, warning);
    if (!warning.empty()) result_.warnings.push_back(problem(node, key, warning));
    if (content.ok()) return *std::move(content);
    fail(node, key, content.error());
    return "";
  }

  // A duration or size as a number. Rules and their words are those of the host's own settings.
  json read_unit(const json& schema, const std::string& format, const ConfigNode& node,
                 const std::string& key) {
    const std::string least = schema.value("x-minimum", ""), most = schema.value("x-maximum", "");
    const Setting setting{.key = key,
                          .type = format == "size" ? SettingType::size : SettingType::duration,
                          .least = least,
                          .most = most,
                          .word = schema.value("x-off", false) ? "off" : ""};
    const auto value = read_value(setting, node, result_.config.directory);
    if (value.ok()) return value->integer;
    fail(node, key, value.error());
    return 0;
  }

  // What the schema demands beyond the kinds of values: limits, patterns, missing keys.
  void check_rest(const json& schema, const json& value, const std::string& key) {
    const auto compiled = JsonSchema::from_json(normalised_schema(schema));
    if (!compiled.ok())
      return fail(place_of(key), key, "cannot be checked, the plugin is at fault: " + compiled.error());
    for (const SchemaProblem& problem : compiled->check(value)) {
      const std::string problem_key = problem.path.empty() ? key : key + '.' + problem.path;
      const bool reported = std::any_of(result_.errors.begin(), result_.errors.end(),
                                        [&](const ConfigProblem& other) { return other.key == problem_key; });
      if (!reported) fail(place_of(problem_key), problem_key, problem.text);
    }
  }

  // The nearest enclosing place in the file.
  ConfigNode place_of(std::string key) const {
    for (; key.size() > plugin_.key.size();
         key.resize(std::max(key.find_last_of(".["), plugin_.key.size()))) {
      const auto found = places_.find(key);
      if (found != places_.end() && (found->second.position.line != 0 || !found->second.variable.empty())) {
        return found->second;
      }
    }
    ConfigNode entry;
    entry.position = plugin_.config.position.line != 0 ? plugin_.config.position : plugin_.position;
    return entry;
  }

  void show(const std::string& key, std::string value, std::string origin) {
    result_.config.shown.push_back({key, std::move(value), std::move(origin), false});
  }

  const PluginConfig& plugin_;
  const Environment& environment_;
  ConfigResult& result_;
  std::map<std::string, ConfigNode> places_;
};

}  // namespace

void validate_plugin_config(std::string_view schema_text, PluginConfig& plugin,
                            const Environment& environment, ConfigResult& result) {
  PluginReading reading(plugin, environment, result);
  if (schema_text.empty()) {
    if (!plugin.config.members.empty())
      reading.fail(plugin.config, plugin.key + ".config", plugin.name + " takes no config; leave it out");
    return;
  }
  const json schema = json::parse(schema_text, nullptr, false);
  if (!schema.is_object()) {
    return reading.fail(plugin.config, plugin.key + ".config",
                        "cannot be checked, the plugin is at fault: its config schema is no JSON object");
  }
  try {
    plugin.config_json = reading.read_all(schema).dump(-1, ' ', false, json::error_handler_t::replace);
  } catch (const json::exception& problem) {  // A keyword of the schema with a value of the wrong type.
    reading.fail(plugin.config, plugin.key + ".config",
                 std::string("cannot be checked, the plugin is at fault: ") + problem.what());
  }
}

}  // namespace crawlhub
