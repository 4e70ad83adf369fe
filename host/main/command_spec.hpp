#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace crawlhub {

using Json = nlohmann::ordered_json;

// One argument of a command, as a person gives it.
struct OptionSpec {
  std::string property;              // of the arguments object: "entityType"
  std::string flag;                  // "--entity-type"; empty: it stands by its position
  int position = 0;                  // among those without a flag
  std::string type;                  // of JSON: string, integer, number, boolean, object, array; empty: any
  std::string help;                  // one sentence
  std::vector<std::string> choices;  // empty: anything
  bool required = false;
  bool file = false;  // by position: names a file with the value; by flag: FLAG-file does so, beside the flag
  bool local = false;  // for the command line itself: never sent to the hub

  std::string placeholder() const;  // "ENTITY_TYPE"
};

struct ColumnSpec {
  std::string title;
  std::string path;    // "progress.overall_completion"
  std::string format;  // percent, seconds, milliseconds; empty: as it is
};

// A command as the command line offers it: from the hub's descriptors or from the built-in ones (the same
// shape, see crawlhub/abi/host.h).
struct CommandSpec {
  std::string name;   // "jobs.add"
  std::string words;  // "jobs add"
  std::string summary;
  std::vector<OptionSpec> options;  // those with a position first, in order
  std::string list;                 // member of the answer that is the table; empty: the answer itself
  std::vector<ColumnSpec> columns;  // empty: key and value lines

  const OptionSpec* find(std::string_view property) const;
};

// REQUIRES: an object with a string `name`. What else is missing or of another type is left at its default.
CommandSpec parse_command_spec(const Json& descriptor);

// The hub's descriptor of a command, with what only the built-in one has: its words, the options of the
// command line itself, the columns where the hub names none.
CommandSpec merge_specs(const CommandSpec& builtin, CommandSpec hub);

// The commands whose words are fixed, in the order in which help lists them.
const std::vector<CommandSpec>& builtin_commands();

// "entityType" -> "entity-type".
std::string kebab_case(std::string_view name);

}  // namespace crawlhub
