#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "host/observe/log.hpp"

namespace crawlhub {

// What one call of Logger::log says.
struct LogRecord {
  std::int64_t wall_ns;
  LogLevel level;
  std::string_view component;
  std::string_view text;
  std::span<const LogField> fields;
};

// One line with its newline, secrets masked, control characters escaped: what a crawler sends cannot forge
// lines nor steer a terminal.
//   2024-05-06T07:08:09.123Z INFO  net              listening  address=/run/crawlhub/crawler.sock
std::string text_line(const LogRecord& record, bool colour);
//   {"time":"2024-05-06T07:08:09.123Z","level":"info","component":"net","message":"listening","address":"..."}
std::string json_line(const LogRecord& record);

}  // namespace crawlhub
