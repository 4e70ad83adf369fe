// What a config schema must have, so that `crawlhub check` and docs/config.md can work with it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/json_index.hpp>
#include <crawlhub/testing/json_check.hpp>

namespace crawlhub::inline sdk::testing {

namespace schema_rules {

inline void find_in_object(std::string_view schema, const std::string& where,
                           std::vector<std::string>& findings);

inline void find_in_property(Member property, const std::string& where, std::vector<std::string>& findings) {
  const std::string name = where + std::string(property.key());
  const JsonIndex rules(property.raw());
  const bool typed = rules.find("type").present() || rules.find("enum").present() ||
                     rules.find("oneOf").present() || rules.find("anyOf").present() ||
                     rules.find("$ref").present();
  if (!typed) findings.push_back(name + ": has no type");
  if (rules.find("description").string().value_or("").empty())
    findings.push_back(name + ": has no description");
  if (rules.find("properties").present()) find_in_object(property.raw(), name + ".", findings);
}

inline void find_in_object(std::string_view schema, const std::string& where,
                           std::vector<std::string>& findings) {
  const JsonIndex rules(schema);
  const JsonIndex properties(rules.find("properties").raw());
  if (rules.find("additionalProperties").boolean() != false) {
    findings.push_back(where + ": additionalProperties must be false, so that a mistyped key is an error");
  }
  for (const Member property : properties.members()) find_in_property(property, where, findings);
  const JsonIndex needed(rules.find("required").raw());
  for (const Member required : needed.members()) {
    const std::string name = required.string().value_or("");
    if (!properties.find(name)) findings.push_back(where + name + ": is required, and no property");
  }
}

}  // namespace schema_rules

// What is wrong with a plugin's config_schema, one sentence each; none: nothing. schema may be null: no
// config.
inline std::vector<std::string> schema_findings(const char* schema) {
  std::vector<std::string> findings;
  if (schema == nullptr) return findings;
  if (!JsonCheck::is_json(schema)) return {"the schema is no JSON"};
  if (JsonIndex(schema).find("type").string() != "object") return {"the schema's type must be object"};
  schema_rules::find_in_object(schema, "", findings);
  return findings;
}

}  // namespace crawlhub::inline sdk::testing
