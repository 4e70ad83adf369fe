#pragma once

#include <string>
#include <vector>

#include "host/main/command_spec.hpp"

namespace crawlhub {

// A script for bash that completes words and flags.
std::string bash_completions(const std::vector<CommandSpec>& commands);

// The manual page crawlhub(1), in roff.
std::string man_page(const std::vector<CommandSpec>& commands);

}  // namespace crawlhub
