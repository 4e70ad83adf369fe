#include "host/envelope/json_scalar.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <system_error>

namespace crawlhub {
namespace {

// A number with fewer bytes than this and no exponent is always finite: the largest double has 309 digits.
constexpr std::size_t kSurelyFinite = 300;

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

const char* skip_digits(const char* at, const char* end) {
  while (at != end && is_digit(*at)) ++at;
  return at;
}

// How many decimal places the first digit that counts stands before the point (negative: behind it), without
// the exponent.
std::ptrdiff_t magnitude(const char* digits, const char* end) {
  const char* point = skip_digits(digits, end);
  const char* first = digits;
  while (first != end && (*first == '0' || *first == '.')) ++first;
  return point - first;
}

// Whether a number that from_chars finds out of range is too large, not too small.
bool overflows(const char* digits, const char* exponent, const char* end) {
  if (exponent == end) return true;
  const bool negative = exponent[1] == '-';
  const char* first = exponent + (negative || exponent[1] == '+' ? 2 : 1);
  std::int64_t power = 0;
  const auto read = std::from_chars(first, end, power);
  if (read.ec == std::errc::result_out_of_range) return !negative;
  return magnitude(digits, exponent) + (negative ? -power : power) > 0;
}

bool is_finite(std::string_view text, const char* digits, const char* exponent) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec != std::errc::result_out_of_range || !overflows(digits, exponent, end);
}

std::optional<std::uint32_t> hex4(const char* at, const char* end) {
  if (end - at < 4) return std::nullopt;
  std::uint32_t value = 0;
  const auto read = std::from_chars(at, at + 4, value, 16);
  if (read.ptr != at + 4) return std::nullopt;
  return value;
}

bool is_high_surrogate(std::uint32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low_surrogate(std::uint32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

struct CodePoint {
  std::uint32_t value;
  const char* end;
};

// The character of a \u escape, whose four digits begin at `at`, and of the one after it where they are a
// pair.
std::optional<CodePoint> code_point(const char* at, const char* end) {
  const auto unit = hex4(at, end);
  if (!unit || is_low_surrogate(*unit)) return std::nullopt;
  at += 4;
  if (!is_high_surrogate(*unit)) return CodePoint{*unit, at};
  if (end - at < 2 || at[0] != '\\' || at[1] != 'u') return std::nullopt;
  const auto low = hex4(at + 2, end);
  if (!low || !is_low_surrogate(*low)) return std::nullopt;
  return CodePoint{0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00), at + 6};
}

char* put_utf8(std::uint32_t value, char* out) {
  const auto put = [&out](std::uint32_t byte) { *out++ = static_cast<char>(byte); };
  if (value < 0x80) {
    put(value);
  } else if (value < 0x800) {
    put(0xC0 | value >> 6);
    put(0x80 | (value & 0x3F));
  } else if (value < 0x10000) {
    put(0xE0 | value >> 12);
    put(0x80 | (value >> 6 & 0x3F));
    put(0x80 | (value & 0x3F));
  } else {
    put(0xF0 | value >> 18);
    put(0x80 | (value >> 12 & 0x3F));
    put(0x80 | (value >> 6 & 0x3F));
    put(0x80 | (value & 0x3F));
  }
  return out;
}

// What a short escape stands for; 0 where there is none.
char short_escape(char name) {
  switch (name) {
    case '"':
    case '\\':
    case '/':
      return name;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

const char* find_backslash(const char* at, const char* end) {
  const void* found = at == end ? nullptr : std::memchr(at, '\\', static_cast<std::size_t>(end - at));
  return found == nullptr ? end : static_cast<const char*>(found);
}

}  // namespace

bool is_json_number(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  if (at != end && *at == '-') ++at;
  const char* const digits = at;
  at = skip_digits(at, end);
  if (at == digits || (*digits == '0' && at - digits > 1)) return false;
  if (at != end && *at == '.') {
    const char* fraction = ++at;
    at = skip_digits(at, end);
    if (at == fraction) return false;
  }
  if (at == end) return text.size() < kSurelyFinite || is_finite(text, digits, end);
  if (*at != 'e' && *at != 'E') return false;
  const char* const exponent = at++;
  if (at != end && (*at == '+' || *at == '-')) ++at;
  if (at == end || skip_digits(at, end) != end) return false;
  return is_finite(text, digits, exponent);
}

const char* find_bad_escape(std::string_view content) {
  const char* const end = content.data() + content.size();
  for (const char* at = find_backslash(content.data(), end); at != end; at = find_backslash(at, end)) {
    if (end - at < 2) return at;
    if (at[1] != 'u') {
      if (short_escape(at[1]) == 0) return at;
      at += 2;
      continue;
    }
    const auto point = code_point(at + 2, end);
    if (!point) return at;
    at = point->end;
  }
  return nullptr;
}

char* unescape(std::string_view content, char* out) {
  const char* at = content.data();
  const char* const end = at + content.size();
  while (at != end) {
    const char* next = find_backslash(at, end);
    out = std::copy(at, next, out);
    if (next == end) break;
    if (next[1] != 'u') {
      *out++ = short_escape(next[1]);
      at = next + 2;
    } else {
      const auto point = code_point(next + 2, end);
      out = put_utf8(point->value, out);
      at = point->end;
    }
  }
  return out;
}

}  // namespace crawlhub
