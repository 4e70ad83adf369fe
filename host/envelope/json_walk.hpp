#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <crawlhub/abi/message.h>

#include "host/envelope/json_scalar.hpp"
#include "host/envelope/parse_error.hpp"

namespace crawlhub {

// The second pass over a JSON text: goes from position to position of its JsonStructure and checks everything
// that the first pass does not: grammar, depth, escapes, numbers, words. What it accepts is JSON to the last
// byte.
class JsonWalk {
 public:
  static constexpr unsigned kMaxDepth = 64;

  // A value's raw text.
  struct Value {
    const char* begin;
    const char* end;
    std::uint32_t kind;  // CRAWLHUB_JSON_*

    std::string_view text() const { return {begin, static_cast<std::size_t>(end - begin)}; }
    // What stands between the quotes. REQUIRES: a string.
    std::string_view content() const { return {begin + 1, static_cast<std::size_t>(end - begin) - 2}; }
  };

  JsonWalk(std::string_view text, std::span<const std::uint32_t> positions, ParseError& error)
      : text_(text),
        at_(positions.data()),
        end_(at_ + positions.size()),
        error_(error),
        has_escapes_(std::memchr(text.data(), '\\', text.size()) != nullptr) {}

  // Whether the text has a backslash at all; where it has none, no string needs to be unescaped.
  bool has_escapes() const { return has_escapes_; }

  // The byte that the walk stands on; 0 at the end, which begins no token.
  char peek() const { return at_ != end_ ? text_[*at_] : '\0'; }
  std::size_t offset() const { return at_ != end_ ? *at_ : text_.size(); }

  // Checks the value that begins here, in a container of depth `depth` - 1 (the outermost container has depth
  // 1), and moves past it. On false the error is filled, as everywhere here.
  bool value(unsigned depth, Value& value);

  // The same for an object; `on_member(key)` is called for each member and moves past its value, by value()
  // or object().
  template <class OnMember>
  bool object(unsigned depth, OnMember&& on_member);

  // Whether nothing but white space is left.
  bool finish();

  // Where the last token read ends. REQUIRES: it was a brace or bracket.
  const char* container_end() const { return text_.data() + at_[-1] + 1; }

  bool fail(std::size_t offset, std::string reason, ErrorCode code = CRAWLHUB_E_NOT_JSON);

 private:
  bool array(unsigned depth);
  bool string(Value& value);
  bool scalar(Value& value);
  bool container_too_deep();
  const char* here() const { return text_.data() + *at_; }
  const char* token_end() const;

  std::string_view text_;
  const std::uint32_t* at_;
  const std::uint32_t* end_;
  ParseError& error_;
  bool has_escapes_;
};

// One past the last byte of the string or word that begins here: only white space separates it from the next
// position.
inline const char* JsonWalk::token_end() const {
  const char* end = text_.data() + (at_ + 1 != end_ ? at_[1] : text_.size());
  while (end[-1] == ' ' || end[-1] == '\n' || end[-1] == '\r' || end[-1] == '\t') --end;
  return end;
}

inline bool JsonWalk::string(Value& value) {
  value = {here(), token_end(), CRAWLHUB_JSON_STRING};
  if (has_escapes_) {
    if (const char* bad = find_bad_escape(value.content())) {
      return fail(static_cast<std::size_t>(bad - text_.data()), "a bad escape");
    }
  }
  ++at_;
  return true;
}

inline bool JsonWalk::value(unsigned depth, Value& value) {
  switch (peek()) {
    case '"':
      return string(value);
    case '{': {
      const char* begin = here();
      if (!object(depth, [&](const Value&) { return this->value(depth + 1, value); })) return false;
      value = {begin, container_end(), CRAWLHUB_JSON_OBJECT};
      return true;
    }
    case '[': {
      const char* begin = here();
      if (!array(depth)) return false;
      value = {begin, container_end(), CRAWLHUB_JSON_ARRAY};
      return true;
    }
    default:
      return scalar(value);
  }
}

template <class OnMember>
bool JsonWalk::object(unsigned depth, OnMember&& on_member) {
  if (depth > kMaxDepth) return container_too_deep();
  ++at_;
  if (peek() == '}') {
    ++at_;
    return true;
  }
  while (true) {
    if (peek() != '"') return fail(offset(), "expected a key in double quotes");
    Value key;
    if (!string(key)) return false;
    if (peek() != ':') return fail(offset(), "expected ':' after the key");
    ++at_;
    if (!on_member(std::as_const(key))) return false;
    const char next = peek();
    if (next != ',' && next != '}') return fail(offset(), "expected ',' or '}' after the value");
    ++at_;
    if (next == '}') return true;
  }
}

}  // namespace crawlhub
