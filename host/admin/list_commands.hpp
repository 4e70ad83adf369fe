#pragma once

#include "host/commands/registry.hpp"

namespace crawlhub {

// The command `commands`: the descriptor of every command, from which the command line makes its words.
// registry must outlive it; it may be the one that it is added to.
Command list_commands(const CommandRegistry& registry);

}  // namespace crawlhub
