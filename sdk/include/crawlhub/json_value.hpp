// Reading JSON values that the host has found already, without parsing them again.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include <crawlhub/abi/message.h>
#include <crawlhub/json_escape.hpp>
#include <crawlhub/str.hpp>
#include <crawlhub/strided.hpp>

namespace crawlhub::inline sdk {

// Appends what the inside of a JSON string (without its quotes) means. A broken escape becomes U+FFFD.
inline void append_unescaped(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    switch (text[++i]) {
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'u':
        detail::append_unicode_escape(out, text, i);
        break;
      default:
        out += text[i];  // a quote, a slash, a backslash
    }
  }
}

// One member of an object, or one element of a list (then without key). Absent and null are the same here, as
// the protocol has it. A view: lives as long as the message, or the JsonIndex, that it came from. Thread:
// any.
class Member {
 public:
  // Absent.
  constexpr Member() noexcept = default;
  // member may be null: absent.
  constexpr explicit Member(const crawlhub_member* member) noexcept : member_(member) {}
  constexpr explicit Member(const crawlhub_member& member) noexcept : member_(&member) {}

  // Given, and not null.
  constexpr bool present() const noexcept {
    return member_ != nullptr && member_->kind != CRAWLHUB_JSON_NULL;
  }
  constexpr explicit operator bool() const noexcept { return present(); }
  // CRAWLHUB_JSON_*; CRAWLHUB_JSON_NULL where absent.
  constexpr std::uint32_t kind() const noexcept {
    return member_ == nullptr ? CRAWLHUB_JSON_NULL : member_->kind;
  }
  constexpr bool is(std::uint32_t kind) const noexcept { return present() && member_->kind == kind; }
  // Unescaped.
  constexpr std::string_view key() const noexcept { return member_ == nullptr ? "" : view(member_->key); }
  // The JSON text of the value as it was sent; empty where absent.
  constexpr std::string_view raw() const noexcept { return present() ? view(member_->value) : ""; }

  // The readers below yield nothing where the value is absent, null or of another kind.

  std::optional<bool> boolean() const noexcept {
    if (!is(CRAWLHUB_JSON_BOOL)) return std::nullopt;
    return raw() == "true";
  }

  // A number beyond the range of double yields nothing.
  std::optional<double> number() const noexcept {
    if (!is(CRAWLHUB_JSON_NUMBER)) return std::nullopt;
    const std::string_view text = raw();
    if (text.size() <= 15) {  // counts, the common case: several times faster than the general one
      std::uint64_t whole = 0;
      std::size_t digits = 0;
      for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
        whole = whole * 10 + static_cast<std::uint64_t>(text[digits] - '0');
      }
      if (digits == text.size()) return static_cast<double>(whole);
    }
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
  }

  // Also of 3.0 and 3e2; a number with a fraction, or out of range, yields nothing.
  std::optional<std::int64_t> integer() const noexcept {
    if (!is(CRAWLHUB_JSON_NUMBER)) return std::nullopt;
    std::int64_t whole = 0;
    const std::string_view text = raw();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (error == std::errc() && end == text.data() + text.size()) return whole;
    const std::optional<double> real = number();
    if (!real || std::floor(*real) != *real || std::fabs(*real) >= 9223372036854775808.0) return std::nullopt;
    return static_cast<std::int64_t>(*real);
  }

  // Without a copy where the string has no escapes; else scratch is overwritten and holds it: the view then
  // lives until scratch changes, so give two strings that live together a scratch each.
  std::optional<std::string_view> string(std::string& scratch) const {
    if (!is(CRAWLHUB_JSON_STRING)) return std::nullopt;
    const std::string_view text = inside();
    if (!escaped()) return text;
    scratch.clear();
    append_unescaped(scratch, text);
    return scratch;
  }
  // A copy.
  std::optional<std::string> string() const {
    std::string scratch;
    const auto text = string(scratch);
    if (!text) return std::nullopt;
    return std::string(*text);
  }

  // REQUIRES: is(CRAWLHUB_JSON_STRING). Between the quotes, escapes and all; and whether there are escapes.
  constexpr std::string_view inside() const noexcept {
    const std::string_view text = view(member_->value);
    return text.size() < 2 ? "" : text.substr(1, text.size() - 2);
  }
  bool escaped() const noexcept {
    const std::string_view text = inside();
    return !text.empty() && std::memchr(text.data(), '\\', text.size()) != nullptr;
  }

 private:
  const crawlhub_member* member_ = nullptr;
};

// The members of an object in their order, or the elements of a list. A view, as Member is.
class Members : public Strided<const crawlhub_member, Member> {
 public:
  using Strided::Strided;

  // The first member with that key, absent where there is none. Linear: a message has few members; where many
  // are wanted, one loop over all of them is better than many calls.
  Member find(std::string_view key) const noexcept {
    for (const Member member : *this) {
      if (member.key() == key) return member;
    }
    return Member();
  }
};

}  // namespace crawlhub::inline sdk
