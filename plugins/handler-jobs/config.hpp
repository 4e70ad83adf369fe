// The configuration of handler-jobs; README.md has the table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace crawlhub::jobs {

// Times in nanoseconds.
struct Config {
  std::uint32_t batch = 5;
  std::uint32_t max_per_crawler = 0;  // 0: no limit
  std::uint64_t queue_limit = 0;      // 0: no limit
  std::uint32_t attempts = 3;         // 0: no limit
  std::int64_t lease_ns = 0, silence_ns = 0, start_within_ns = 0;
  std::int64_t backoff_first_ns = 0, backoff_most_ns = 0;
  double backoff_factor = 2;
  std::int64_t reconnect_hello_ns = 0, reconnect_without_ns = 0;
  std::string
      entity_types;  // what a connection without hello may get, each followed by a newline; empty: all
  std::string key;   // 32 bytes in text, or empty: a key file

  // Wait before the next attempt of a job that has had so many.
  std::int64_t backoff_ns(std::uint32_t attempts_spent) const noexcept;
};

// config: as the host hands it over, checked against the schema, defaults filled in.
Config read_config(std::string_view config);

}  // namespace crawlhub::jobs
