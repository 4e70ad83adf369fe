#include "host/main/arguments.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <system_error>

#include <CLI/Validators.hpp>

#include <crawlhub/abi/errors.h>

namespace crawlhub {

namespace {

std::string group_summary(const std::string& word) {
  if (word == "jobs") return "Queue, list, look at, cancel and retry jobs";
  if (word == "accounts") return "Add, list and remove accounts";
  if (word == "plugins") return "List and look at plugins";
  if (word == "config") return "Look at the configuration of the running hub";
  return "Commands of the hub that begin with " + word;
}

// The parser for the last of the words; those before it become groups.
CLI::App* make_app(CLI::App& root, const CommandSpec& spec) {
  CLI::App* app = &root;
  std::istringstream words(spec.words);
  for (std::string word; words >> word;) {
    CLI::App* next = find_word(*app, word);
    const bool last = words.peek() == std::istringstream::traits_type::eof();
    if (next == nullptr) {
      next = app->add_subcommand(word, last ? spec.summary : group_summary(word))->fallthrough();
      if (!last) next->require_subcommand(1);
    }
    app = next;
  }
  app->description(spec.summary);
  return app;
}

std::string name_of(const OptionSpec& option) {
  return option.flag.empty() ? option.placeholder() : option.flag;
}

Status bad(const OptionSpec& option, const std::string& text) {
  return {CRAWLHUB_E_BAD_ARGUMENT, name_of(option) + ": " + text};
}

template <class T>
Result<Json> convert_number(const OptionSpec& option, const std::string& text, const char* expected) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return bad(option, std::string("expected ") + expected + ", got '" + text + "'");
  }
  return Json(number);
}

Result<Json> convert(const OptionSpec& option, const std::string& text, const std::string& origin) {
  if (option.type == "integer") return convert_number<std::int64_t>(option, text, "a whole number");
  if (option.type == "number") return convert_number<double>(option, text, "a number");
  if (option.type == "boolean") return Json(true);
  if (option.type == "object") {
    auto json = parse_json(text, origin);
    if (!json) return json;
    if (!json->is_object()) return bad(option, origin + " holds no JSON object");
    return json;
  }
  return Json(text);
}

// An item that is an object or a list is written in JSON; any other is text.
Result<Json> convert_list(const OptionSpec& option, const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const auto& text : texts) {
    if (text.empty() || (text.front() != '{' && text.front() != '[')) {
      list.push_back(text);
      continue;
    }
    auto json = parse_json(text, name_of(option));
    if (!json) return json;
    list.push_back(*std::move(json));
  }
  return list;
}

Result<Json> value_of(const OptionSpec& option, const CLI::Option& given) {
  if (option.type == "array") return convert_list(option, given.results());
  const std::string text = given.results().empty() ? std::string() : given.results().front();
  if (!option.file) return convert(option, text, name_of(option));
  auto content = read_text_file(text);
  if (!content) return std::move(content).status();
  return convert(option, *content, text);
}

// An option of the command line itself, such as --file, may stand in for all that the hub requires.
Status check_required(const CommandSpec& spec, const Arguments& arguments) {
  for (const auto& option : spec.options) {
    if (!option.required || arguments.sent.contains(option.property) || arguments.local.contains("file"))
      continue;
    return bad(option, "is required: " + (option.help.empty() ? "see --help" : option.help));
  }
  return {};
}

}  // namespace

CLI::App* find_word(const CLI::App& app, const std::string& word) {
  const auto found =
      const_cast<CLI::App&>(app).get_subcommands([&](CLI::App* sub) { return sub->check_name(word); });
  return found.empty() ? nullptr : found.front();
}

BoundCommand bind_command(CLI::App& root, const CommandSpec& spec) {
  BoundCommand bound{&spec, make_app(root, spec), {}};
  for (const auto& option : spec.options) {
    const std::string name = option.flag.empty() ? option.property : option.flag;
    if (option.type == "boolean") {
      bound.options.push_back(bound.app->add_flag(name, option.help));
      continue;
    }
    auto* added = bound.app->add_option(name, option.help);
    added->type_name(option.file ? "FILE" : option.flag.empty() ? "" : option.placeholder());
    if (option.type == "array") added->expected(1)->take_all();
    if (!option.choices.empty()) added->check(CLI::IsMember(option.choices));
    if (option.required && option.flag.empty()) added->required();
    bound.options.push_back(added);
  }
  return bound;
}

Result<Arguments> collect_arguments(const BoundCommand& command) {
  Arguments arguments;
  for (std::size_t i = 0; i < command.options.size(); ++i) {
    const OptionSpec& option = command.spec->options[i];
    if (command.options[i]->count() == 0) continue;
    auto value = value_of(option, *command.options[i]);
    if (!value) return std::move(value).status();
    (option.local ? arguments.local : arguments.sent)[option.property] = *std::move(value);
  }
  if (auto status = check_required(*command.spec, arguments); !status) return status;
  return arguments;
}

Result<std::string> read_text_file(const std::string& path) {
  const auto read_all = [](std::istream& stream) {
    return std::string(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  };
  if (path == "-") return read_all(std::cin);
  std::ifstream file(path, std::ios::binary);
  if (!file) return {CRAWLHUB_E_NOT_FOUND, path + ": cannot read: " + std::generic_category().message(errno)};
  std::string text = read_all(file);
  if (file.bad())
    return {CRAWLHUB_E_NOT_FOUND, path + ": cannot read: " + std::generic_category().message(errno)};
  return text;
}

Result<Json> parse_json(const std::string& text, const std::string& origin) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const std::string_view before(text.data(), std::min(error.byte > 0 ? error.byte - 1 : 0, text.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0
    // The library begins its sentence with a place of its own.
    const std::string what = error.what();
    const std::size_t place = what.find(": ");
    return {CRAWLHUB_E_BAD_ARGUMENT,
            origin + ":" + std::to_string(line) + ":" + std::to_string(column) +
                ": not JSON: " + what.substr(place == std::string::npos ? 0 : place + 2)};
  }
}

}  // namespace crawlhub
