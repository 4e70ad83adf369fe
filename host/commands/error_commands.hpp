#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "host/commands/registry.hpp"
#include "host/errors/manager.hpp"

namespace crawlhub {

// Asks the storage for CRAWLHUB_QUERY_ERRORS_LIST: JSON in, JSON out. May wait.
using ErrorsQuery = std::function<Result<std::string>(std::string_view parameters)>;

// Adds `errors` (what the storage kept, newest first) and `errors.stats` (what the manager counted since the
// start). REQUIRES: errors outlives the registry's use.
Status add_error_commands(CommandRegistry& registry, const ErrorManager& errors, ErrorsQuery query);

}  // namespace crawlhub
