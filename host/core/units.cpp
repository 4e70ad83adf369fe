#include "host/core/units.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include <crawlhub/abi/errors.h>

namespace crawlhub {
namespace {

constexpr ErrorCode kBadArgument = CRAWLHUB_E_BAD_ARGUMENT;

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// Largest first: formatting takes the first that divides, a compound duration must go down the list.
constexpr std::array<Unit, 7> kDurationUnits = {{{"d", 86'400'000'000'000},
                                                 {"h", 3'600'000'000'000},
                                                 {"m", 60'000'000'000},
                                                 {"s", 1'000'000'000},
                                                 {"ms", 1'000'000},
                                                 {"us", 1'000},
                                                 {"ns", 1}}};
constexpr std::array<Unit, 5> kSizeUnits = {
    {{"TiB", 1ULL << 40}, {"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}, {"B", 1}}};

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string quoted(std::string_view text) {
  return '"' + std::string(text) + '"';
}

Status not_a_duration(std::string_view text) {
  return {
      kBadArgument,
      quoted(text) + " is not a duration: write a whole number and a unit, like 250ms, 30s, 5m, 1h or 7d"};
}

Status not_a_size(std::string_view text) {
  return {kBadArgument, quoted(text) +
                            " is not a size: write a whole number of bytes or a number and a unit, like 512, "
                            "4KiB or 8MiB"};
}

// Takes the leading digits off text. Nothing where there are none or they do not fit.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::string_view take_unit(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && !is_digit(text[length])) ++length;
  const std::string_view unit = text.substr(0, length);
  text.remove_prefix(length);
  return unit;
}

// number * unit added to total; false past most.
bool add(std::uint64_t& total, std::uint64_t number, std::uint64_t factor, std::uint64_t most) {
  std::uint64_t product = 0;
  if (__builtin_mul_overflow(number, factor, &product)) return false;
  return !__builtin_add_overflow(total, product, &total) && total <= most;
}

template <class Units>
std::string format(std::uint64_t amount, const Units& units) {
  for (const Unit& unit : units) {
    if (amount % unit.factor == 0) return std::to_string(amount / unit.factor) + std::string(unit.name);
  }
  return std::to_string(amount);
}

}  // namespace

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (text == "0") return std::chrono::nanoseconds(0);
  if (text.empty()) return not_a_duration(text);
  std::uint64_t total = 0;
  std::size_t next_unit = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const auto number = take_number(rest);
    const std::string_view name = take_unit(rest);
    if (!number) return not_a_duration(text);
    while (next_unit < kDurationUnits.size() && kDurationUnits[next_unit].name != name) ++next_unit;
    if (next_unit == kDurationUnits.size()) return not_a_duration(text);
    if (!add(total, *number, kDurationUnits[next_unit++].factor, kMost)) {
      return {kBadArgument, quoted(text) + " is too long a duration: the longest is 106751d"};
    }
  }
  return std::chrono::nanoseconds(static_cast<std::int64_t>(total));
}

Result<std::uint64_t> parse_size(std::string_view text) {
  std::string_view rest = text;
  const auto number = take_number(rest);
  if (!number) return not_a_size(text);
  if (rest.empty()) return *number;
  for (const Unit& unit : kSizeUnits) {
    if (unit.name != rest) continue;
    std::uint64_t total = 0;
    if (!add(total, *number, unit.factor, std::numeric_limits<std::int64_t>::max())) {
      return {kBadArgument, quoted(text) + " is too large a size"};
    }
    return total;
  }
  return not_a_size(text);
}

std::string format_duration(std::chrono::nanoseconds duration) {
  const std::int64_t ns = duration.count();
  if (ns == 0) return "0s";
  const auto magnitude = ns < 0 ? 0 - static_cast<std::uint64_t>(ns) : static_cast<std::uint64_t>(ns);
  return (ns < 0 ? "-" : "") + format(magnitude, kDurationUnits);
}

std::string format_size(std::uint64_t bytes) {
  return bytes == 0 ? "0B" : format(bytes, kSizeUnits);
}

}  // namespace crawlhub
