// Unicode escapes of JSON strings.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace crawlhub::inline sdk {

namespace detail {

inline void append_utf8(std::string& out, std::uint32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | point >> 6);
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | point >> 12);
    out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | point >> 18);
    out += static_cast<char>(0x80 | (point >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  }
}

// The four hexadecimal digits at text[at]; U+FFFD where there are none.
inline std::uint32_t read_hex4(std::string_view text, std::size_t at) noexcept {
  std::uint32_t unit = 0xFFFD;
  if (at + 4 <= text.size()) std::from_chars(text.data() + at, text.data() + at + 4, unit, 16);
  return unit;
}

// Reads the \uXXXX whose u stands at text[at], and the second half of a pair; at moves to its last character.
inline void append_unicode_escape(std::string& out, std::string_view text, std::size_t& at) {
  std::uint32_t point = read_hex4(text, at + 1);
  at += 4;
  if (point >= 0xD800 && point < 0xDC00 && text.substr(at + 1, 2) == "\\u") {
    const std::uint32_t low = read_hex4(text, at + 3);
    if (low >= 0xDC00 && low < 0xE000) {
      point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
      at += 6;
    }
  }
  append_utf8(out, point >= 0xD800 && point < 0xE000 ? 0xFFFD : point);
}

}  // namespace detail

}  // namespace crawlhub::inline sdk
