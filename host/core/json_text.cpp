#include "host/core/json_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace crawlhub {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

constexpr bool needs_care(unsigned char c) {
  return c < 0x20 || c == '"' || c == '\\' || c >= 0x80;
}

// Which bytes cannot be copied as they are.
constexpr std::array<bool, 256> kCare = [] {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < 256; ++c) table[c] = needs_care(static_cast<unsigned char>(c));
  return table;
}();

// How many of the first bytes of text, in steps of eight, can be copied as they are: a byte is marked in its
// highest bit where it is below 0x20, a quote, a backslash or above 0x7f. A borrow may mark the byte after
// such a one, too, which only ends the run a step early.
std::size_t plain_run(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHigh = 0x8080808080808080;
  const auto is_byte = [](std::uint64_t word, std::uint64_t byte) {
    const std::uint64_t difference = word ^ (kOnes * byte);
    return (difference - kOnes) & ~difference;
  };
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    const std::uint64_t control = (word - kOnes * 0x20) & ~word;
    if (((control | is_byte(word, '"') | is_byte(word, '\\') | word) & kHigh) != 0) break;
  }
  return at;
}

bool is_continuation(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

// Length of the well-formed UTF-8 sequence (RFC 3629) that begins text, 0 where there is none. text[0] >=
// 0x80.
std::size_t sequence_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                             : first >= 0xE0 && first <= 0xEF ? 3
                             : first >= 0xF0 && first <= 0xF4 ? 4
                                                              : 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text, i)) return 0;
  }
  if (length < 3) return length;
  const auto second = static_cast<unsigned char>(text[1]);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool outside = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return overlong || outside ? 0 : length;
}

void append_control(std::string& out, unsigned char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  out += "\\u00";
  out += kHex[c >> 4];
  out += kHex[c & 15];
}

template <class T>
void append_number(std::string& out, T number) {
  std::array<char, 32> text{};
  const auto result = std::to_chars(text.data(), text.data() + text.size(), number);
  out.append(text.data(), result.ptr);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;  // Begin of what is not copied yet.
  std::size_t at = plain_run(text);
  while (at < text.size()) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (!kCare[c]) {
      ++at;
      continue;
    }
    const std::size_t sequence = c >= 0x80 ? sequence_length(text.substr(at)) : 0;
    if (sequence != 0) {
      at += sequence;
      continue;
    }
    out.append(text, plain, at - plain);
    if (c >= 0x80) {
      out += kReplacement;
    } else {
      append_control(out, c);
    }
    plain = ++at;
  }
  out.append(text, plain, at - plain);
  out += '"';
}

void append_json_number(std::string& out, std::int64_t number) {
  append_number(out, number);
}

void append_json_number(std::string& out, std::uint64_t number) {
  append_number(out, number);
}

void append_json_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  append_number(out, number);
}

}  // namespace crawlhub
