#include <nlohmann/json.hpp>

#include "host/config/render.hpp"
#include "host/config/settings.hpp"
#include "host/config/words.hpp"

namespace crawlhub {
namespace {

// Keys keep the order of the table.
using json = nlohmann::ordered_json;

// ${NAME} may stand for any value; it is replaced before anything is checked.
constexpr std::string_view kOrVariable = "|.*\\$\\{.*\\}.*";

json pattern(const Setting& setting, std::string_view body) {
  std::string text = "^(" + std::string(body);
  if (!setting.word.empty()) text += "|" + std::string(setting.word);
  return json{{"type", "string"}, {"pattern", text + std::string(kOrVariable) + ")$"}};
}

json integer_schema(const Setting& setting) {
  json number = {{"type", "integer"}};
  if (!setting.least.empty()) number["minimum"] = std::stoll(std::string(setting.least));
  if (!setting.most.empty()) number["maximum"] = std::stoll(std::string(setting.most));
  return json{{"anyOf", {std::move(number), pattern(setting, "-?[0-9]+")}}};
}

json choice_schema(const Setting& setting) {
  json words = json::array();
  for (const std::string_view word : split_words(setting.choices)) words.push_back(word);
  return json{{"anyOf", {json{{"enum", std::move(words)}}, pattern(setting, "\\$\\{.*")}}};
}

json type_schema(const Setting& setting) {
  switch (setting.type) {
    case SettingType::boolean:
      return {{"anyOf", {json{{"type", "boolean"}}, pattern(setting, "true|false")}}};
    case SettingType::integer:
      return integer_schema(setting);
    case SettingType::duration:
      return pattern(setting, "0|([0-9]+(ns|us|ms|s|m|h|d))+");
    case SettingType::size: {
      json number = {{"type", "integer"}, {"minimum", 0}};
      return {{"anyOf", {std::move(number), pattern(setting, "[0-9]+(B|KiB|MiB|GiB|TiB)?")}}};
    }
    case SettingType::choice:
      return choice_schema(setting);
    case SettingType::paths: {
      json list = {{"type", "array"}, {"items", {{"type", "string"}}}};
      return {{"anyOf", {std::move(list), json{{"type", "string"}}}}};
    }
    case SettingType::socket_path:
      return pattern(setting, "/.*[^/]");
    case SettingType::address:
      return pattern(setting, ".+:[0-9]{1,5}");
    case SettingType::mode:
      return {{"type", {"string", "integer"}}};
    case SettingType::user:
    case SettingType::group:
      return {{"type", {"string", "integer"}}};
    default:
      return {{"type", "string"}};
  }
}

// The default as editors show it. A path of the schema's own type, so that it is itself valid.
json default_of(const Setting& setting) {
  const std::string text(setting.fallback);
  if (setting.type == SettingType::boolean) return text == "true";
  if (setting.type == SettingType::integer && text != setting.word) return std::stoll(text);
  return text;
}

json schema_of(const Setting& setting) {
  json schema = {{"description", setting.help}};
  schema.update(type_schema(setting));
  if (!setting.fallback.empty()) schema["default"] = default_of(setting);
  return schema;
}

json object_schema(std::string_view help) {
  json schema = json::object();
  if (!help.empty()) schema["description"] = help;
  schema["type"] = {"object", "null"};
  schema["additionalProperties"] = false;
  schema["properties"] = json::object();
  return schema;
}

template <class Target>
json entry_schema(std::span<const SettingRow<Target>> rows) {
  json schema = object_schema("");
  schema["type"] = "object";
  for (const auto& row : rows) schema["properties"][std::string(row.setting.key)] = schema_of(row.setting);
  return schema;
}

json list_schema(std::string_view help, json items) {
  return {{"description", help}, {"type", {"array", "null"}}, {"items", std::move(items)}};
}

json plugin_schema() {
  json schema = entry_schema(plugin_settings());
  schema["required"] = {"name"};
  schema["properties"]["config"] = {{"description", "The plugin's own settings; its README has them."},
                                    {"type", {"object", "null"}}};
  return schema;
}

json section_schema(const SettingSection& section) {
  if (section.name == "listeners") return list_schema(section.help, entry_schema(listener_settings()));
  if (section.name == "plugins") return list_schema(section.help, plugin_schema());
  json schema = object_schema(section.help);
  for (const auto& row : host_settings()) {
    const std::string_view key = row.setting.key;
    if (!key.starts_with(section.name) || key[section.name.size()] != '.') continue;
    schema["properties"][std::string(key.substr(section.name.size() + 1))] = schema_of(row.setting);
  }
  return schema;
}

}  // namespace

std::string render_config_schema() {
  json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"title", "crawlhub configuration"},
                 {"$comment", "Made by crawlhub-docgen from host/config/settings.cpp."}};
  schema.update(object_schema(""));
  for (const auto& row : host_settings()) {
    const std::string_view key = row.setting.key;
    if (key.find('.') == std::string_view::npos)
      schema["properties"][std::string(key)] = schema_of(row.setting);
  }
  for (const SettingSection& section : setting_sections()) {
    if (!section.name.empty()) schema["properties"][std::string(section.name)] = section_schema(section);
  }
  return schema.dump(2) + "\n";
}

}  // namespace crawlhub
