#pragma once

#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "host/core/status.hpp"
#include "host/main/command_spec.hpp"

namespace crawlhub {

// A command as words and options of a parser.
struct BoundCommand {
  const CommandSpec* spec;            // must outlive it
  CLI::App* app;                      // the parser's, as are these
  std::vector<CLI::Option*> options;  // beside spec->options
};

// The command or group of that name directly under app; null where there is none.
CLI::App* find_word(const CLI::App& app, const std::string& word);

// Adds the command under root, with the groups that its words need.
BoundCommand bind_command(CLI::App& root, const CommandSpec& spec);

// What the person gave, after the parse, as JSON objects.
struct Arguments {
  Json sent = Json::object();   // for the hub
  Json local = Json::object();  // for the command line itself
};

// Errors: BAD_ARGUMENT, with the option and what is expected of it. Reads the files that are named, `-` being
// stdin.
Result<Arguments> collect_arguments(const BoundCommand& command);

// The whole file; `-` is stdin. Errors: NOT_FOUND with the reason.
Result<std::string> read_text_file(const std::string& path);

// One JSON value. Errors: BAD_ARGUMENT with origin, line, column and what is wrong.
Result<Json> parse_json(const std::string& text, const std::string& origin);

}  // namespace crawlhub
