#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "host/core/json_text.hpp"
#include "host/errors/manager.hpp"

namespace crawlhub {

class Logger;

// Writes errors to the log; a flood of one code costs ten lines a second and one that counts the rest. Times
// are monotonic. Thread: one.
class ErrorLog {
 public:
  explicit ErrorLog(Logger& logger) : logger_(logger) {}

  void write(const ErrorRecord& record, std::int64_t now_ns);
  // Tells of what was left out in seconds that are over.
  void tell_left_out(std::int64_t now_ns);
  std::optional<std::int64_t> next_due() const;

 private:
  static constexpr std::uint64_t kMostLines = 10;
  struct Second {
    std::int64_t began = 0;
    std::uint64_t lines = 0;
    std::uint64_t left_out = 0;
  };
  Logger& logger_;
  std::map<std::int32_t, Second> seconds_;  // by code
};

// {id, timestamp, category, severity, message, code, details?, stack?, connectionId?, jobId?, crawlerId?,
// accountId?} REQUIRES: record.details is empty or a JSON object.
void append_error_record(JsonWriter& to, const ErrorRecord& record);

}  // namespace crawlhub
