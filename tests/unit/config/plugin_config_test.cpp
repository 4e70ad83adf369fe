#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/unit/config/config_test_support.hpp"

using namespace crawlhub;
using Catch::Contains;
using nlohmann::json;

namespace {

constexpr std::string_view kSchema = R"({
  "type": "object", "additionalProperties": false, "required": ["path"],
  "properties": {
    "path": {"type": "string", "minLength": 1},
    "batch": {"type": "integer", "minimum": 1, "maximum": 100, "default": 5},
    "lease": {"type": "string", "format": "duration", "default": "5m", "x-minimum": "1s", "x-env": "OLD_LEASE"},
    "timeout": {"type": "string", "format": "duration", "default": "off", "x-off": true, "x-env": "OLD_TIMEOUT"},
    "cache": {"type": "string", "format": "size", "default": "4MiB", "x-maximum": "1GiB"},
    "mode": {"type": "string", "enum": ["full", "relaxed"], "default": "full"},
    "on": {"type": "boolean", "default": true, "x-env": "OLD_ON"},
    "token": {"type": "string"},
    "note": {"type": "string"},
    "types": {"type": "array", "items": {"type": "string"}, "default": ["a"], "maxItems": 3, "x-env": "THE_TYPES"},
    "waits": {"type": "array", "items": {"type": "string", "format": "duration"}, "default": ["1s"]},
    "deep": {"type": "object", "properties": {"deeper": {"type": "object", "properties": {
      "size": {"type": "string", "format": "size", "default": "1KiB"}}}}},
    "key": {"type": "string", "x-secret": true},
    "backoff": {"type": "object", "additionalProperties": false, "default": {"factor": 3}, "properties": {
      "first": {"type": "string", "format": "duration", "default": "10s", "x-env": "OLD_DELAY"},
      "factor": {"type": "number", "minimum": 1, "default": 2}}},
    "headers": {"type": "object", "additionalProperties": {"type": "string"}}
  }})";

// The one plugin of a file, its config read by kSchema.
struct PluginLoaded : Loaded {
  explicit PluginLoaded(const std::string& config, Variables variables = {},
                        std::string_view schema = kSchema)
      : Loaded(kListener + "plugins:\n  - name: handler-x\n" + config, std::move(variables)) {
    PluginConfig& plugin = result.config.plugins.at(0);
    validate_plugin_config(schema, plugin, environment, result);
  }

  json value() {
    good();
    return json::parse(result.config.plugins[0].config_json);
  }
};

}  // namespace

TEST_CASE("the plugin receives every key, durations in nanoseconds, sizes in bytes") {
  PluginLoaded loaded("    config: { path: a.db }\n");
  CHECK(loaded.value() == json({{"path", "a.db"},
                                {"batch", 5},
                                {"lease", 300'000'000'000},
                                {"timeout", 0},
                                {"cache", 4 << 20},
                                {"mode", "full"},
                                {"on", true},
                                {"types", {"a"}},
                                {"backoff", {{"first", 10'000'000'000}, {"factor", 3}}},
                                {"deep", {{"deeper", {{"size", 1024}}}}},
                                {"waits", {1'000'000'000}}}));
}

TEST_CASE("a variable gives a list with commas, checked as the file's") {
  CHECK(PluginLoaded("    config: { path: a.db, types: [x] }\n", {{"THE_TYPES", "b, c"}}).value()["types"] ==
        json({"b", "c"}));
  PluginLoaded many("    config: { path: a.db }\n", {{"THE_TYPES", "a,b,c,d"}});
  REQUIRE(many.result.errors.size() == 1);
  CHECK(many.result.errors[0].to_string().find("THE_TYPES") != std::string::npos);
}

TEST_CASE("what the file says wins over defaults, the environment over the file") {
  PluginLoaded loaded(
      "    config:\n      path: a.db\n      lease: 1m30s\n      timeout: 2h\n      on: false\n"
      "      backoff: { factor: 1.5 }\n      types: [x, y]\n      waits: [1s, 2ms]\n",
      {{"OLD_LEASE", "2500"}, {"OLD_TIMEOUT", "0"}, {"OLD_DELAY", "7s"}, {"OLD_ON", "true"}});
  const json value = loaded.value();
  CHECK(value["lease"] == 2'500'000'000);
  CHECK(value["timeout"] == 0);
  CHECK(value["on"] == true);
  CHECK(value["backoff"] == json({{"first", 7'000'000'000}, {"factor", 1.5}}));
  CHECK(value["types"] == json({"x", "y"}));
  CHECK(value["waits"] == json({1'000'000'000, 2'000'000}));
  CHECK(loaded.shown("plugins[0].config.lease")->origin == "environment OLD_LEASE");
  CHECK_THAT(loaded.shown("plugins[0].config.backoff.factor")->origin, Catch::EndsWith("hub.yaml:9:26"));
  CHECK(loaded.shown("plugins[0].config.cache")->origin == "default");
}

TEST_CASE("the schema decides what a plain word is") {
  PluginLoaded loaded("    config: { path: 17, note: true, headers: { a: 1, b: \"2\" } }\n");
  CHECK(loaded.value()["path"] == "17");
  CHECK(loaded.value()["note"] == "true");
  CHECK(loaded.value()["headers"] == json({{"a", "1"}, {"b", "2"}}));
}

TEST_CASE("mistakes in a plugin's config are told with their place") {
  const std::pair<const char*, const char*> cases[] = {
      {"path: a, lease: 5",
       "hub.yaml:4:31: plugins[0].config.lease: \"5\" is not usable, expected a duration such as 30s, at "
       "least 1s"},
      {"path: a, lease: 10ms", "hub.yaml:4:31: plugins[0].config.lease: \"10ms\" is not usable"},
      {"path: a, lease: off", "hub.yaml:4:31: plugins[0].config.lease: \"off\" is not usable"},
      {"path: a, lease: [1s]", "hub.yaml:4:31: plugins[0].config.lease: "},
      {"path: a, timeout: 5",
       "hub.yaml:4:33: plugins[0].config.timeout: \"5\" is not usable, expected a duration such as 30s, or "
       "off"},
      {"path: a, cache: 2GiB",
       "hub.yaml:4:31: plugins[0].config.cache: \"2GiB\" is not usable, expected a size such as 8MiB, at "
       "most 1GiB"},
      {"path: a, batch: 0",
       "hub.yaml:4:31: plugins[0].config.batch: 0 is not usable, expected a whole number from 1 to 100"},
      {"path: a, batch: many",
       "hub.yaml:4:31: plugins[0].config.batch: \"many\" is not usable, expected a whole number"},
      {"path: a, batch: 1.5", "hub.yaml:4:31: plugins[0].config.batch: 1.5 is not usable"},
      {"path: a, on: 1", "hub.yaml:4:28: plugins[0].config.on: 1 is not usable, expected true or false"},
      {"path: a, mode: fast",
       "hub.yaml:4:30: plugins[0].config.mode: \"fast\" is not usable, expected one of full or relaxed"},
      {"path: a, leese: 5m",
       "hub.yaml:4:24: plugins[0].config.leese: there is no such key; did you mean lease?"},
      {"path: a, backoff: { frist: 1s }",
       "hub.yaml:4:35: plugins[0].config.backoff.frist: there is no such key; did you mean first?"},
      {"path: a, backoff: { factor: 0.5 }",
       "hub.yaml:4:43: plugins[0].config.backoff.factor: 0.5 is not usable, expected a number, at least 1"},
      {"path: a, backoff: 5",
       "hub.yaml:4:33: plugins[0].config.backoff: 5 is not usable, expected a map of settings"},
      {"path: a, types: [a, b, c, d]",
       "hub.yaml:4:31: plugins[0].config.types: the list is not usable, expected a list, at most 3 of a "
       "text"},
      {"path: a, types: x", "hub.yaml:4:31: plugins[0].config.types: \"x\" is not usable, expected a list"},
      {"path: a, waits: [1s, soon]",
       "hub.yaml:4:36: plugins[0].config.waits[1]: \"soon\" is not usable, expected a duration"},
      {"path: \"\"",
       "hub.yaml:4:21: plugins[0].config.path: \"\" is not usable, expected a text that is not empty"},
      {"path: { a: b }", "hub.yaml:4:21: plugins[0].config.path: the object is not usable, expected a text"},
      {"batch: 5", "hub.yaml:4:13: plugins[0].config.path: is missing, expected a text that is not empty"},
      {"path: a, token: \"file:none\"", "hub.yaml:4:31: plugins[0].config.token: there is no file"},
  };
  for (const auto& [config, error] : cases) {
    PluginLoaded loaded("    config: { " + std::string(config) + " }\n");
    INFO(config);
    INFO("expected: " << error);
    INFO("got: " << loaded.all_errors());
    CHECK(loaded.result.errors.size() == 1);
    CHECK_THAT(loaded.all_errors(), Catch::StartsWith(error));
  }
}

TEST_CASE("all mistakes of a plugin's config are found in one run") {
  PluginLoaded loaded("    config: { lease: x, batch: 0, mode: fast, oops: 1 }\n");
  INFO(loaded.all_errors());
  CHECK(loaded.result.errors.size() == 5);
}

TEST_CASE("an entry without config has its missing keys told where it stands") {
  PluginLoaded loaded("");
  CHECK_THAT(loaded.all_errors(), Catch::StartsWith("hub.yaml:3:5: plugins[0].config.path: is missing"));
}

TEST_CASE("a bad variable of a plugin is named") {
  PluginLoaded loaded("    config: { path: a }\n", {{"OLD_LEASE", "soon"}});
  CHECK_THAT(loaded.all_errors(),
             Catch::StartsWith("environment OLD_LEASE: plugins[0].config.lease: \"soon\" is not usable"));
}

TEST_CASE("secrets reach the plugin and nobody else") {
  TemporaryDirectory other;
  const std::string file = other.write("token", "sesame\n");
  PluginLoaded loaded("    config: { path: a, token: \"file:" + file + "\", key: sesame }\n");
  CHECK(loaded.value()["token"] == "sesame");
  CHECK(loaded.shown("plugins[0].config.key")->value == "***");
  CHECK(loaded.shown("plugins[0].config.token")->value == "***");
}

TEST_CASE("a plugin without a schema takes no config") {
  CHECK(PluginLoaded("", {}, "").value() == json::object());
  CHECK(PluginLoaded("    config: {}\n", {}, "").value() == json::object());
  CHECK_THAT(PluginLoaded("    config: { a: 1 }\n", {}, "").all_errors(),
             Contains("handler-x takes no config"));
}

TEST_CASE("a plugin's bad schema is the plugin's fault, not a crash") {
  for (const char* schema :
       {"{", "5", R"({"properties": {"a": 5}})", R"({"type": 7})", R"({"properties": 5})",
        R"({"properties": {"a": {"type": "string", "format": "duration", "x-minimum": 5}}})",
        R"({"properties": {"a": {"type": "string", "pattern": "("}}})"}) {
    INFO(schema);
    PluginLoaded loaded("    config: { a: 5s }\n", {}, schema);
    INFO(loaded.all_errors());
    CHECK((loaded.result.ok() || loaded.all_errors().find("plugins[0].config") != std::string::npos));
  }
}
