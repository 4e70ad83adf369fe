#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crawlhub {

// Nanoseconds of CLOCK_MONOTONIC: for leases, deadlines and every other span. Never jumps.
std::int64_t monotonic_ns() noexcept;

// Nanoseconds since 1970 UTC of the wall clock: for what people and other machines read.
std::int64_t wall_ns() noexcept;

inline constexpr std::size_t kIso8601Length = 24;

// Writes "2024-05-06T07:08:09.123Z": UTC, milliseconds, kIso8601Length bytes, no terminator.
void format_iso8601(std::int64_t wall_ns, char* out) noexcept;
std::string format_iso8601(std::int64_t wall_ns);

// Formats the time and keeps the text until the millisecond changes. Thread: one.
class Iso8601Formatter {
 public:
  // Lives: until the next call.
  std::string_view format(std::int64_t wall_ns) noexcept;

 private:
  std::array<char, kIso8601Length> text_{};
  std::int64_t millisecond_ = INT64_MIN;
};

// Reads "YYYY-MM-DD", then optionally "T" or a space and "HH:MM[:SS[.fraction]]", then optionally a zone: Z,
// +HH, +HHMM or +HH:MM. Without a zone it is UTC. Nothing where the text is anything else, or outside 1678 to
// 2261. Fast enough for each message: no locale, no allocation.
std::optional<std::int64_t> parse_iso8601(std::string_view text) noexcept;

}  // namespace crawlhub
