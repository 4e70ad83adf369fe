#include "host/commands/registry.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include <crawlhub/abi/errors.h>

#include "host/commands/argument_schema.hpp"

namespace crawlhub {

namespace {

Status bad(const Command& command, std::string_view why) {
  return {CRAWLHUB_E_BAD_ARGUMENT, "command \"" + command.name + "\": " + std::string(why)};
}

// Words of lower case letters, digits and dashes, joined by dots: they become words of the command line.
bool good_name(std::string_view name) {
  const bool characters = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
  return characters && !name.empty() && name.front() != '.' && name.back() != '.' &&
         name.find("..") == std::string_view::npos;
}

Status check(const Command& command) {
  if (!good_name(command.name))
    return bad(command, "its name is not made of words in lower case, joined by dots");
  if (command.role != "monitor" && command.role != "admin")
    return bad(command, "its role is neither monitor nor admin");
  if (!command.execute) return bad(command, "it has no function");
  return {};
}

}  // namespace

Status CommandRegistry::add(Command command) {
  if (Status status = check(command); !status) return status;
  auto schema = ArgumentSchema::compile(command.input);
  if (!schema) return bad(command, schema.error());
  command.schema = std::move(schema).value();

  std::string name = command.name;
  auto shared = std::make_shared<const Command>(std::move(command));
  const std::unique_lock lock(mutex_);
  const auto [at, added] = commands_.try_emplace(std::move(name), shared);
  if (!added) return bad(*shared, at->second->owner + " has it already");
  return {};
}

void CommandRegistry::remove_owner(std::string_view owner) {
  std::vector<std::shared_ptr<const Command>> removed;  // they are destroyed after the lock
  const std::unique_lock lock(mutex_);
  std::erase_if(commands_, [&](const auto& entry) {
    const bool gone = entry.second->owner == owner;
    if (gone) removed.push_back(entry.second);
    return gone;
  });
}

std::shared_ptr<const Command> CommandRegistry::find(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto at = commands_.find(name);
  return at == commands_.end() ? nullptr : at->second;
}

std::vector<std::shared_ptr<const Command>> CommandRegistry::list() const {
  std::vector<std::shared_ptr<const Command>> all;
  const std::shared_lock lock(mutex_);
  for (const auto& [name, command] : commands_) all.push_back(command);
  return all;
}

CommandAnswer CommandRegistry::execute(std::string_view name, std::string_view arguments) const {
  const std::shared_ptr<const Command> command = find(name);
  if (!command) {
    return {CRAWLHUB_E_UNKNOWN_COMMAND, "there is no command \"" + std::string(name) + "\""};
  }
  const Result<std::string> checked = command->schema->check(arguments);
  if (!checked) return {checked.code(), checked.error()};
  return command->execute(*checked);
}

}  // namespace crawlhub
