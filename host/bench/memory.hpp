#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <crawlhub/client/address.hpp>

#include "host/core/status.hpp"

namespace crawlhub::bench {

// What idle connections cost the hub.
struct IdleCost {
  std::size_t connections = 0;
  std::uint64_t before = 0;  // resident bytes of the hub without them
  std::uint64_t with = 0;    // and with them
  double each() const {
    return connections == 0 || with < before
               ? 0
               : static_cast<double>(with - before) / static_cast<double>(connections);
  }
};

// Opens so many connections that say hello and no more, looks at the hub's memory, and closes them.
// hub_pid: 0 to ask the kernel who listens on the Unix socket. Errors: NETWORK_FAILED, NOT_FOUND where the
// process cannot be looked at, BAD_ARGUMENT where its number is needed.
Result<IdleCost> measure_idle(const client::Address& address, std::size_t connections, int hub_pid);

// Bytes that the text of /proc/PID/status says are resident; 0 where it does not say.
std::uint64_t resident_bytes(std::string_view proc_status);

}  // namespace crawlhub::bench
