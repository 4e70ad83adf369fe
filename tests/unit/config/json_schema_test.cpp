#include "host/config/json_schema.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using crawlhub::JsonSchema;
using nlohmann::json;

namespace {

std::string problems(std::string_view schema, json value) {
  std::string text;
  const auto compiled = JsonSchema::compile(schema);
  REQUIRE(compiled.ok());
  for (const auto& problem : compiled->complete(value)) text += problem.path + ": " + problem.text + "\n";
  return text;
}

}  // namespace

TEST_CASE("defaults are filled in, also below") {
  const auto schema = JsonSchema::compile(
      R"({"type":"object","properties":{"limit":{"type":"integer","default":50},
          "a":{"type":"object","properties":{"b":{"default":1}}},"c":{"type":"object","properties":{"d":{}}}}})");
  json value = json::object();
  CHECK(schema->complete(value).empty());
  CHECK(value == json({{"limit", 50}, {"a", {{"b", 1}}}}));
  value = {{"limit", 3}, {"a", {{"b", 2}}}};
  CHECK(schema->complete(value).empty());
  CHECK(value == json({{"limit", 3}, {"a", {{"b", 2}}}}));
}

TEST_CASE("each problem is named with its path") {
  const char* schema = R"({"type":"object","additionalProperties":false,"required":["id"],"properties":{
    "id":{"type":"string"},"limit":{"type":"integer","minimum":1,"maximum":1000},
    "jobs":{"type":"array","items":{"type":"object","required":["n"],"properties":{"n":{"type":"integer"}}}}}})";
  CHECK(problems(schema, {{"id", "x"}}).empty());
  CHECK(problems(schema, json::object()) == "id: is missing, expected a text\n");
  CHECK(problems(schema, {{"id", 5}}) == "id: 5 is not usable, expected a text\n");
  CHECK(problems(schema, {{"id", "x"}, {"limit", 0}}) ==
        "limit: 0 is not usable, expected a whole number from 1 to 1000\n");
  CHECK(problems(schema, {{"id", "x"}, {"limt", 5}}) == "limt: there is no such key; did you mean limit?\n");
  CHECK(problems(schema, {{"id", "x"}, {"jobs", {{{"n", 1}}, {{"n", "y"}}, json::object()}}}) ==
        "jobs[2].n: is missing, expected a whole number\njobs[1].n: \"y\" is not usable, expected a whole "
        "number\n");
  CHECK(problems(schema, 5) == ": 5 is not usable, expected a map of settings\n");
}

TEST_CASE("numbers in strings are not numbers") {
  CHECK_FALSE(problems(R"({"type":"integer"})", "5").empty());
  CHECK_FALSE(problems(R"({"type":"boolean"})", "true").empty());
}

TEST_CASE("what is no schema is refused") {
  CHECK_FALSE(JsonSchema::compile("{").ok());
  CHECK_FALSE(JsonSchema::compile("[]").ok());
  CHECK_FALSE(JsonSchema::compile(R"({"type":"nonsense"})").ok());
}

TEST_CASE("a long text meets no pattern, since matching it would end the stack") {
  const char* schema = R"({"type":"object","properties":{"id":{"type":"string","pattern":"^(a|b)*$"},
    "any":{"anyOf":[{"type":"string","pattern":"^(a|b)*$"}]},"free":{"type":"string"}}})";
  const std::string text(1'000'000, 'a');
  CHECK(problems(schema, {{"id", text}}) == "id: is too long, expected at most 4096 bytes\n");
  CHECK(problems(schema, {{"any", text}}) == "any: is too long, expected at most 4096 bytes\n");
  CHECK(problems(schema, {{"free", text}}).empty());
  CHECK(problems(schema, {{"id", "abab"}}).empty());
  CHECK(problems(schema, {{"id", "abc"}}) == "id: \"abc\" is not usable, expected a text like ^(a|b)*$\n");
}
