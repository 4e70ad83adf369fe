// Scans the JSON text of a message: it is known to be valid, and 64 readable bytes follow it (abi/message.h).
// So eight bytes are looked at a time, and no end is asked for.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace crawlhub::validation {

namespace detail {

constexpr std::uint64_t kOnes = 0x0101010101010101u;
constexpr std::uint64_t kTops = 0x8080808080808080u;

inline std::uint64_t load(const char* p) noexcept {
  std::uint64_t bytes;
  std::memcpy(&bytes, p, sizeof bytes);
  return bytes;
}
// The top bit of each byte that is c; exact for the first one, which is all that is used.
inline std::uint64_t equal(std::uint64_t bytes, char c) noexcept {
  const std::uint64_t differing = bytes ^ (kOnes * static_cast<unsigned char>(c));
  return (differing - kOnes) & ~differing & kTops;
}
inline int first_byte(std::uint64_t tops) noexcept {
  if constexpr (std::endian::native == std::endian::little) return std::countr_zero(tops) >> 3;
  return std::countl_zero(tops) >> 3;
}

}  // namespace detail

// Whether a string's inside has a backslash.
inline bool has_escape(std::string_view inside) noexcept {
  for (std::size_t at = 0; at < inside.size(); at += 8) {
    const std::uint64_t found = detail::equal(detail::load(inside.data() + at), '\\');
    if (found != 0) return at + static_cast<std::size_t>(detail::first_byte(found)) < inside.size();
  }
  return false;
}

inline const char* skip_space(const char* p) noexcept {
  while (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t') ++p;
  return p;
}

// p at the opening quote; returns one past the closing one.
inline const char* skip_string(const char* p) noexcept {
  for (++p;;) {
    const std::uint64_t bytes = detail::load(p);
    const std::uint64_t found = detail::equal(bytes, '"') | detail::equal(bytes, '\\');
    if (found == 0) {
      p += 8;
      continue;
    }
    p += detail::first_byte(found);
    if (*p == '"') return p + 1;
    p += 2;  // what is escaped
  }
}

// p at an opening bracket; returns one past its closing one.
inline const char* skip_nested(const char* p) noexcept {
  for (int depth = 0;;) {
    if (*p == '"') {
      p = skip_string(p);
      continue;
    }
    if (*p == '{' || *p == '[') ++depth;
    if (*p == '}' || *p == ']') --depth;
    ++p;
    if (depth == 0) return p;
  }
}

// p at the first character of a value; returns one past its last.
inline const char* skip_value(const char* p) noexcept {
  if (*p == '"') return skip_string(p);
  if (*p == '{' || *p == '[') return skip_nested(p);
  while (*p != ',' && *p != '}' && *p != ']' && *p > ' ') ++p;
  return p;
}

// Calls visit(key with quotes and escapes, first character of the value) for each member of an object until
// it returns false; returns whether it never did.
template <class Visit>
bool all_members(std::string_view object, Visit visit) {
  const char* p = skip_space(object.data() + 1);
  while (*p != '}') {
    const char* key = p;
    p = skip_string(p);
    const std::string_view quoted(key, static_cast<std::size_t>(p - key));
    p = skip_space(skip_space(p) + 1);  // the colon
    if (!visit(quoted, *p)) return false;
    p = skip_space(skip_value(p));
    if (*p == ',') p = skip_space(p + 1);
  }
  return true;
}

}  // namespace crawlhub::validation
