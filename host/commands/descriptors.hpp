#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/commands/registry.hpp"
#include "host/core/json_text.hpp"

namespace crawlhub {

// A command as programs see it: {name, summary, role, readOnly, owner, input: {schema}, columns: {...} |
// null}.
void append_command(JsonWriter& to, const Command& command);

// Reads what append_command wrote, without a function to execute. text: a list of them.
Result<std::vector<Command>> parse_commands(std::string_view text);

// Adds the command `commands`, which answers {"commands": [...]}: from it command lines are made. REQUIRES:
// registry outlives its commands.
Status add_commands_command(CommandRegistry& registry);

}  // namespace crawlhub
