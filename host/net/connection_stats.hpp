#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace crawlhub {

// The figures of one connection. Thread: its worker.
struct ConnectionStats {
  std::uint64_t messages_received = 0;
  std::uint64_t messages_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t errors = 0;
  std::int64_t connected_ns = 0;       // wall clock
  std::int64_t last_activity_ns = 0;   // wall clock
  std::int64_t response_total_ns = 0;  // of busy periods: from a message until nothing was unanswered
  std::uint64_t busy_periods = 0;
  std::int64_t response_last_ns = 0;
  std::string last_error;
};

// A connection as `connections` shows it.
struct ConnectionView {
  std::uint64_t id = 0;
  std::string name, crawler_id, version, state, health, remote_address, listener;
  std::vector<std::string> issues, capabilities;
  std::uint64_t reconnects = 0;  // how often its crawlerId said hello before
  ConnectionStats stats;
};

}  // namespace crawlhub
