#pragma once

#include <cstddef>
#include <cstdint>

namespace crawlhub {

// What a connection may cost and how long it may take; docs/config.md explains each under the same name.
struct NetLimits {
  std::size_t connections = 1000;
  std::size_t message_size = 8 << 20;
  std::size_t write_queue = 4 << 20;
  std::size_t large_messages = 64 << 20;
  std::size_t max_errors = 20;  // protocol.max_errors
  std::int64_t slow_consumer_ns = 30'000'000'000;
  std::int64_t idle_ns = 0;  // 0: off
  std::int64_t heartbeat_interval_ns = 30'000'000'000;
  std::int64_t heartbeat_timeout_ns = 90'000'000'000;
};

}  // namespace crawlhub
