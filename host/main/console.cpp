#include "host/main/console.hpp"

#include <cstdio>
#include <iostream>

#include <crawlhub/abi/errors.h>

#include "host/errors/catalogue.hpp"
#include "host/main/arguments.hpp"
#include "host/main/show.hpp"

namespace crawlhub {

int Console::answer(const CommandSpec& spec, const Json& answer) const {
  if (json) {
    std::cout << answer.dump() << '\n';
  } else {
    std::cout << show_answer(spec, answer, out);
    const Json& next = at_path(answer, "next");
    if (next.is_string() && next != "")
      std::cerr << "more: --after " << printable(next.get<std::string>()) << '\n';
  }
  std::cout.flush();
  return kDone;
}

int Console::fail(ExitCode exit, std::string_view code, std::string_view sentence) const {
  if (json) std::cout << Json{{"code", code}, {"error", sentence}}.dump() << std::endl;
  std::cerr << "crawlhub: " << err.red(printable(sentence)) << '\n';
  return exit;
}

int Console::fail(const Status& status) const {
  const bool usage = status.code() == CRAWLHUB_E_BAD_ARGUMENT;
  const bool lost = status.code() == CRAWLHUB_E_NETWORK_FAILED;
  return fail(usage ? kUsage : lost ? kNoHub : kRefused, catalogue_entry(status.code()).wire, status.text());
}

int Console::unreachable(const Status& status) const {
  return fail(kNoHub, "no_hub",
              "no hub answers at " + status.text() +
                  "; start one with crawlhub serve, or name the admin socket of another with --admin PATH");
}

namespace {

// The hub's own descriptor of a command; one with the name only where it has none.
CommandSpec fetch_spec(AdminClient& hub, const std::string& name) {
  const auto answer = hub.call("commands", Json::object());
  if (answer && answer->ok()) {
    for (const Json& descriptor : at_path(answer->answer, "commands")) {
      if (at_path(descriptor, "name") == name) return parse_command_spec(descriptor);
    }
  }
  CommandSpec spec;
  spec.name = name;
  return spec;
}

Result<Json> call_arguments(const Json& arguments) {
  std::string text = arguments.value("arguments", "{}");
  if (text == "-") {
    auto content = read_text_file(text);
    if (!content) return std::move(content).status();
    text = *std::move(content);
  }
  auto json = parse_json(text, "arguments");
  if (json && !json->is_object()) return {CRAWLHUB_E_BAD_ARGUMENT, "arguments: expected a JSON object"};
  return json;
}

}  // namespace

int run_call(const Console& console, AdminClient& hub, const Json& arguments) {
  const auto given = call_arguments(arguments);
  if (!given) return console.fail(given.status());
  const std::string name = arguments.value("name", "");
  const auto answer = hub.call(name, *given);
  if (!answer) return console.fail(answer.status());
  if (!answer->ok()) return console.fail(*answer);
  return console.answer(console.json ? CommandSpec() : fetch_spec(hub, name), answer->answer);
}

int run_events(const Console& console, AdminClient& hub, const Json& arguments) {
  const auto status = hub.follow(arguments.value("prefix", ""), [&](const std::string& line) {
    if (console.json) {
      std::cout << line << std::endl;
      return std::cout.good();
    }
    const Json event = Json::parse(line, nullptr, false);
    std::cout << console.out.dim(show_value(at_path(event, "time"))) << "  "
              << console.out.bold(show_value(at_path(event, "event"))) << "  "
              << show_value(at_path(event, "data")) << std::endl;
    return std::cout.good();
  });
  return status ? static_cast<int>(kDone) : console.fail(status);
}

}  // namespace crawlhub
