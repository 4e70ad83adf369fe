#include "host/commands/registry.hpp"

#include <future>
#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <crawlhub/abi/errors.h>

#include "host/commands/descriptors.hpp"

using namespace crawlhub;

namespace {

constexpr const char* kInput = R"({
  "type": "object",
  "properties": {
    "name": {"type": "string", "minLength": 2, "x-cli": {"positional": 0}},
    "limit": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50},
    "status": {"enum": ["queued", "running"]},
    "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
    "nested": {"type": "object", "properties": {"on": {"type": "boolean"}}, "additionalProperties": false},
    "pattern": {"type": "string", "pattern": "^[a-z]+$"}
  },
  "required": ["name"]
})";

Command echo(std::string name = "test.echo", std::string owner = "host") {
  Command command;
  command.name = std::move(name);
  command.summary = "Says what it was told.";
  command.role = "monitor";
  command.input = kInput;
  command.owner = std::move(owner);
  command.read_only = true;
  command.execute = [](std::string_view arguments) { return CommandAnswer{0, std::string(arguments)}; };
  return command;
}

std::string refusal(const std::string& arguments) {
  CommandRegistry registry;
  REQUIRE(registry.add(echo()).ok());
  const CommandAnswer answer = registry.execute("test.echo", arguments);
  CHECK(answer.code == CRAWLHUB_E_BAD_ARGUMENT);
  return answer.text;
}

}  // namespace

TEST_CASE("a command gets its arguments with the defaults filled in") {
  CommandRegistry registry;
  REQUIRE(registry.add(echo()).ok());
  CHECK(registry.execute("test.echo", R"({"name":"ab"})").text == R"({"limit":50,"name":"ab"})");
  CHECK(registry.execute("test.echo", R"({"name":"ab","limit":7})").text == R"({"limit":7,"name":"ab"})");
}

TEST_CASE("a wrong argument is refused with its name, what was expected and what was given") {
  CHECK(refusal("").starts_with("name: is missing, expected a text"));
  CHECK(refusal("[]") == "the arguments are not a JSON object");
  CHECK(refusal("{") == "the arguments are not JSON");
  CHECK(refusal(R"({"name":3})").starts_with("name: 3 is not usable, expected a text"));
  CHECK(refusal(R"({"name":"a"})").starts_with("name: \"a\" is not usable"));
  CHECK(refusal(R"({"name":"ab","limit":0})") ==
        "limit: 0 is not usable, expected a whole number from 1 to 1000");
  CHECK(refusal(R"({"name":"ab","limit":"7"})") ==
        "limit: \"7\" is not usable, expected a whole number from 1 to 1000");
  CHECK(refusal(R"({"name":"ab","limit":1.5})") ==
        "limit: 1.5 is not usable, expected a whole number from 1 to 1000");
  CHECK(refusal(R"({"name":"ab","status":"done"})") ==
        "status: \"done\" is not usable, expected one of queued or running");
  CHECK(refusal(R"({"name":"ab","tags":["x",1]})").starts_with("tags[1]: 1 is not usable"));
  CHECK(refusal(R"({"name":"ab","tags":["x","y","z"]})").starts_with("tags: the list is not usable"));
  CHECK(refusal(R"({"name":"ab","nested":{"on":1}})") ==
        "nested.on: 1 is not usable, expected true or false");
  CHECK(refusal(R"({"name":"ab","nested":{"off":true}})").starts_with("nested.off: there is no such key"));
  CHECK(refusal(R"({"name":"ab","nmae":1})").find("did you mean name?") != std::string::npos);
  CHECK(refusal(R"({"name":"ab","pattern":"A1"})").starts_with("pattern: \"A1\" is not usable"));
}

TEST_CASE("all wrong arguments are told at once") {
  const std::string text = refusal(R"({"limit":0,"nmae":"ab"})");
  for (const char* part : {"name: is missing", "limit: 0 is not usable", "nmae: there is no such key"}) {
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("a command that takes no arguments refuses any") {
  CommandRegistry registry;
  Command command = echo();
  command.input.clear();
  REQUIRE(registry.add(std::move(command)).ok());
  CHECK(registry.execute("test.echo", "").code == 0);
  CHECK(registry.execute("test.echo", R"({"x":1})").text == "x: there is no such key; none is expected here");
}

TEST_CASE("a command that breaks the rules is not added, and the sentence names it") {
  CommandRegistry registry;
  REQUIRE(registry.add(echo()).ok());
  CHECK(registry.add(echo("test.echo", "handler-x")).text() == "command \"test.echo\": host has it already");
  CHECK_FALSE(registry.add(echo("Test")).ok());
  CHECK_FALSE(registry.add(echo("a..b")).ok());
  CHECK_FALSE(registry.add(echo("")).ok());
  Command command = echo("a");
  command.role = "root";
  CHECK(registry.add(command).text() == "command \"a\": its role is neither monitor nor admin");
  command = echo("a");
  command.input = "{";
  CHECK(registry.add(command).text() == "command \"a\": its input schema is not JSON");
  command.input = R"({"type":"object","properties":{"x":{"type":"frobnicate"}}})";
  CHECK_FALSE(registry.add(command).ok());
  CHECK(registry.list().size() == 1);
}

TEST_CASE("an unknown command is an answer, not a crash") {
  const CommandRegistry registry;
  const CommandAnswer answer = registry.execute("nope", "{}");
  CHECK(answer.code == CRAWLHUB_E_UNKNOWN_COMMAND);
  CHECK(answer.text == "there is no command \"nope\"");
}

TEST_CASE("a plugin's commands go with it, and one that runs ends first") {
  CommandRegistry registry;
  std::promise<void> entered, go;
  Command command = echo("slow", "handler-x");
  command.execute = [&](std::string_view) {
    entered.set_value();
    go.get_future().wait();
    return CommandAnswer{0, "\"done\""};
  };
  command.input.clear();
  REQUIRE(registry.add(std::move(command)).ok());
  REQUIRE(registry.add(echo()).ok());
  auto answer = std::async(std::launch::async, [&] { return registry.execute("slow", "{}"); });
  entered.get_future().wait();
  registry.remove_owner("handler-x");
  CHECK(registry.find("slow") == nullptr);
  CHECK(registry.find("test.echo") != nullptr);
  go.set_value();
  CHECK(answer.get().text == "\"done\"");
}

TEST_CASE("the list of commands is read back by programs as it was") {
  CommandRegistry registry;
  Command command = echo();
  command.columns = R"({"list":"x","columns":[]})";
  REQUIRE(registry.add(command).ok());
  REQUIRE(add_commands_command(registry).ok());
  const CommandAnswer answer = registry.execute("commands", "");
  REQUIRE(answer.code == 0);
  const auto list = parse_commands(nlohmann::json::parse(answer.text)["commands"].dump());
  REQUIRE(list.ok());
  REQUIRE(list->size() == 2);
  CHECK((*list)[0].name == "commands");
  const Command& read = (*list)[1];
  CHECK(read.name == command.name);
  CHECK(read.summary == command.summary);
  CHECK(read.role == command.role);
  CHECK(read.owner == command.owner);
  CHECK(read.read_only);
  CHECK(nlohmann::json::parse(read.input) == nlohmann::json::parse(command.input));
  CHECK(nlohmann::json::parse(read.columns) == nlohmann::json::parse(command.columns));
  CHECK_FALSE(parse_commands("{").ok());
  CHECK_FALSE(parse_commands("[{}]").ok());
}
