#pragma once

#include <string>

#include "host/core/status.hpp"

namespace crawlhub {

// Who this hub is: leases name it.
struct Identity {
  std::string hub_id;       // stable over restarts: kept in the state directory
  std::string incarnation;  // of this process
};

// Makes the state directory (0700) and the id where they are missing.
Result<Identity> load_identity(const std::string& state_directory);

}  // namespace crawlhub
