#pragma once

#include <cstdint>
#include <string>

namespace crawlhub {

// An error as the hub keeps it: counted, grouped, logged, and handed to notifiers past a threshold.
struct ErrorRecord {
  std::int32_t code = 0;      // CRAWLHUB_E_*
  std::int32_t severity = 0;  // 0: the code's own
  std::string message, details, stack;
  std::string connection, job, crawler, account;
  std::string plugin;  // who raised it; empty: the host
};

}  // namespace crawlhub
