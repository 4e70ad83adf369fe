#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/status.hpp"

namespace crawlhub {

class ArgumentSchema;

// What a command answered: JSON, or an error of the catalogue with a sentence.
struct CommandAnswer {
  std::int32_t code = 0;  // 0: done; else a number of the catalogue
  std::string text;       // JSON where done, else the sentence
};

// A command of the host or of a plugin: served alike by the command line, the admin socket and HTTP.
struct Command {
  std::string name;     // "jobs.add"
  std::string summary;  // one sentence
  std::string role;     // "monitor" or "admin"
  std::string
      input;  // JSON Schema of the arguments, with "x-cli" hints (crawlhub/abi/host.h); empty: takes none
  std::string columns;  // JSON: how a terminal shows the answer; empty: key and value lines
  std::string owner;    // plugin name, or "host"
  bool read_only = false;
  std::function<CommandAnswer(std::string_view arguments)> execute;  // Thread: pool; may wait
  std::shared_ptr<const ArgumentSchema> schema;                      // of input; filled by the registry
};

// All commands by name. Thread: any; a command removed while it runs ends first (shared ownership).
class CommandRegistry {
 public:
  // Errors: the name is taken or malformed, input is no schema of an object, role is none. Nothing is added
  // then.
  Status add(Command command);
  void remove_owner(std::string_view owner);
  std::shared_ptr<const Command> find(std::string_view name) const;
  std::vector<std::shared_ptr<const Command>> list() const;  // by name
  // Checks the arguments against the command's schema (filling defaults), then executes it in this thread.
  // arguments: a JSON object; empty counts as {}.
  CommandAnswer execute(std::string_view name, std::string_view arguments) const;

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::shared_ptr<const Command>, std::less<>> commands_;
};

}  // namespace crawlhub
