#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "host/core/status.hpp"

namespace crawlhub {

// A duration as people write it: a whole number and a unit (ns, us, ms, s, m, h, d), or several, largest
// first: "250ms", "30s", "1h30m", "7d". A bare number is refused, but for 0: its unit would be a guess.
Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

// A size in bytes: a whole number, alone or with B, KiB, MiB, GiB, TiB: "512", "512B", "4KiB", "8MiB".
Result<std::uint64_t> parse_size(std::string_view text);

// The shortest exact form, which the parsers read back: 90s is "90s", 300s is "5m", 8388608 is "8MiB".
// A negative duration has a leading minus, which parse_duration refuses.
std::string format_duration(std::chrono::nanoseconds duration);
std::string format_size(std::uint64_t bytes);

}  // namespace crawlhub
