#pragma once

#include <fstream>
#include <string>

#include "tests/support/hub.hpp"

namespace crawlhub::testing {

// What the hub's process has in memory.
inline std::size_t resident_bytes(Hub& hub) {
  std::ifstream status("/proc/" + std::to_string(hub.process().pid()) + "/status");
  for (std::string word; status >> word;) {
    if (word != "VmRSS:") continue;
    std::size_t kib = 0;
    status >> kib;
    return kib * 1024;
  }
  return 0;
}

}  // namespace crawlhub::testing
