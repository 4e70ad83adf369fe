#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "host/core/status.hpp"

namespace crawlhub {

struct SchemaProblem {
  std::string path;  // "backoff.first", "jobs[2].id"; empty: the value as a whole.
  std::string text;  // What is wrong, what is expected.
};

// A JSON Schema (draft 7) of the arguments of a command or the config of a plugin. Thread: any, once
// compiled.
class JsonSchema {
 public:
  static Result<JsonSchema> compile(std::string_view text);
  static Result<JsonSchema> from_json(const nlohmann::json& schema);

  // Fills in the defaults that the schema names, where value lacks them, then checks it.
  std::vector<SchemaProblem> complete(nlohmann::json& value) const;
  std::vector<SchemaProblem> check(const nlohmann::json& value) const;

 private:
  struct Compiled;
  explicit JsonSchema(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

// Fills in what schema.properties has a default for, also in the objects below.
void apply_schema_defaults(const nlohmann::json& schema, nlohmann::json& value);

// What a (sub)schema takes, for people: "a whole number from 1 to 1000", "one of a, b or c", "a duration such
// as 30s".
std::string describe_schema(const nlohmann::json& schema);

// "there is no such key; did you mean lease?", of the properties that schema names.
std::string unknown_property(const nlohmann::json& schema, std::string_view name);

}  // namespace crawlhub
