#include "host/config/render.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "host/config/json_schema.hpp"
#include "host/config/settings.hpp"
#include "host/config/words.hpp"
#include "tests/unit/config/config_test_support.hpp"

using namespace crawlhub;
using nlohmann::json;

namespace {

std::filesystem::path config_directory() {
  return std::filesystem::path(__FILE__).parent_path().parent_path().parent_path().parent_path() / "config";
}

std::string problems_by_schema(std::string_view yaml) {
  std::vector<ConfigProblem> errors;
  const json value = json::parse(to_json(parse_document(yaml, "x", errors)));
  const auto schema = JsonSchema::compile(render_config_schema());
  INFO((schema.ok() ? "" : schema.error()));
  REQUIRE(schema.ok());
  std::string text;
  for (const SchemaProblem& problem : schema->check(value)) text += problem.path + ": " + problem.text + "\n";
  return text;
}

}  // namespace

TEST_CASE("the reference file is good, and says what the defaults are") {
  Loaded reference(render_reference_config());
  Loaded empty("listeners: [ { unix: /run/crawlhub/crawler.sock } ]\n");
  reference.good();
  CHECK(reference.all_warnings().empty());
  for (const ShownSetting& setting : empty.good().shown) {
    INFO(setting.key);
    REQUIRE(reference.shown(setting.key) != nullptr);
    if (setting.key == "state_directory" || setting.key == "plugin_path") continue;
    CHECK(reference.shown(setting.key)->value == setting.value);
  }
}

TEST_CASE("the JSON Schema accepts what the hub accepts") {
  CHECK(problems_by_schema(render_reference_config()) == "");
  CHECK(problems_by_schema(
            "listeners: [ { tcp: \"[::1]:80\", auth: none, mode: 0600 } ]\nlimits: { idle: 1m30s }\n") == "");
  CHECK(problems_by_schema(
            "limits: { connections: \"${MOST}\", message_size: 4096 }\nlog:\nhttp: { listen: \"${A}\" }\n") ==
        "");
}

TEST_CASE("the JSON Schema refuses what the hub refuses") {
  for (const char* yaml :
       {"limit: {}", "limits: { connections: 0 }", "limits: { hold: 30 }", "limits: { hold: off }",
        "limits: { message_size: 8MB }", "log: { level: loud }", "metrics: { enabled: maybe }",
        "listeners: {}", "listeners: [ { unix: a } ]", "plugins: [ {} ]", "plugins: [ { name: a, x: 1 } ]",
        "http: { listen: 80 }", "log: 5"}) {
    INFO(yaml);
    CHECK(problems_by_schema(yaml) != "");
    CHECK_FALSE(Loaded(yaml).result.ok());
  }
}

TEST_CASE("the docs name every key, default and variable") {
  const std::string docs = render_config_markdown();
  const auto named = [&](const Setting& setting) {
    const std::size_t dot = setting.key.find('.');
    const std::string name(setting.key.substr(dot == std::string_view::npos ? 0 : dot + 1));
    INFO(setting.key);
    CHECK(docs.find("| `" + name + "` |") != std::string::npos);
    for (const std::string_view variable : split_words(setting.variables)) {
      CHECK(docs.find("`" + std::string(variable) + "`") != std::string::npos);
    }
  };
  for (const auto& row : host_settings()) named(row.setting);
  for (const auto& row : listener_settings()) named(row.setting);
  for (const auto& row : plugin_settings()) named(row.setting);
}

TEST_CASE("the files that we ship are good") {
  for (const char* name : {"crawlhub.yaml", "quickstart.yaml", "production.yaml"}) {
    ConfigRequest request;
    request.file = (config_directory() / name).string();
    request.environment = environment_of({});
    const ConfigResult result = load_config(request);
    INFO(name);
    for (const ConfigProblem& problem : result.errors) UNSCOPED_INFO(problem.to_string());
    CHECK(result.ok());
    CHECK(result.warnings.empty());
    std::ifstream file(request.file);
    CHECK(problems_by_schema(std::string(std::istreambuf_iterator<char>(file), {})) == "");
  }
}
