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
// byte. Where the walk stands is a value, passed in and returned, so that it stays in a register.
class JsonWalk {
 public:
  static constexpr unsigned kMaxDepth = 64;

  // Where the walk stands; nullptr where the text was refused, and then the error says why.
  using At = const std::uint32_t*;

  // A value's raw text.
  struct Value {
    const char* begin;
    const char* end;
    std::uint32_t kind;  // CRAWLHUB_JSON_*

    std::string_view text() const { return {begin, static_cast<std::size_t>(end - begin)}; }
    // What stands between the quotes. REQUIRES: a string.
    std::string_view content() const { return {begin + 1, static_cast<std::size_t>(end - begin) - 2}; }
  };

  // `positions` are those of a JsonStructure, with the one past their end.
  JsonWalk(std::string_view text, std::span<const std::uint32_t> positions, ParseError& error)
      : text_(text),
        begin_(positions.data()),
        end_(begin_ + positions.size()),
        error_(error),
        has_escapes_(text.find('\\') != std::string_view::npos) {}

  At begin() const { return begin_; }

  // Whether the text has a backslash at all; where it has none, no string needs to be unescaped.
  bool has_escapes() const { return has_escapes_; }

  // The byte at a position; 0 at the end, which begins no token.
  char peek(At at) const { return at != end_ ? text_[*at] : '\0'; }
  const char* here(At at) const { return text_.data() + *at; }

  // Checks the value that begins at `at`, in a container of depth `depth` - 1 (the outermost container has
  // depth 1), fills `value`, and returns what follows.
  At value(At at, unsigned depth, Value& value) const;

  // The same for an object. For each member, `on_member(key, at)` is called, with `at` where its value
  // begins, and returns what follows that, by value() or object().
  template <class OnMember>
  At object(At at, unsigned depth, OnMember&& on_member) const;

  // Nothing but white space may be left.
  At finish(At at) const;

  // Where the brace or bracket before `at` ends.
  const char* container_end(At at) const { return text_.data() + at[-1] + 1; }

  // Fills the error; returns nullptr.
  [[gnu::cold]] At fail(const char* where, const char* reason, ErrorCode code = CRAWLHUB_E_NOT_JSON) const;

 private:
  At skip_object(At at, unsigned depth) const;
  At skip_array(At at, unsigned depth) const;
  At string(At at, Value& value) const;
  At scalar(At at, Value& value) const;
  [[gnu::cold]] At too_deep(At at) const;
  [[gnu::cold]] At bad_escape(const Value& value) const;
  const char* token_end(At at) const;

  std::string_view text_;
  At begin_;
  At end_;
  ParseError& error_;
  bool has_escapes_;
};

// One past the last byte of the string or word at `at`: only white space separates it from the next position.
inline const char* JsonWalk::token_end(At at) const {
  const char* end = here(at + 1);
  while (end[-1] == ' ' || end[-1] == '\n' || end[-1] == '\r' || end[-1] == '\t') --end;
  return end;
}

[[gnu::always_inline]] inline JsonWalk::At JsonWalk::string(At at, Value& value) const {
  const char* next = here(at + 1);
  value.begin = here(at);
  value.end = next[-1] == '"' ? next : token_end(at);
  value.kind = CRAWLHUB_JSON_STRING;
  if (has_escapes_ && find_bad_escape(value.content()) != nullptr) return bad_escape(value);
  return at + 1;
}

[[gnu::always_inline]] inline JsonWalk::At JsonWalk::value(At at, unsigned depth, Value& value) const {
  const char first = peek(at);
  if (first == '"') return string(at, value);
  if (first != '{' && first != '[') return scalar(at, value);
  const char* begin = here(at);
  at = first == '{' ? skip_object(at, depth) : skip_array(at, depth);
  if (at == nullptr) return nullptr;
  value.begin = begin;
  value.end = container_end(at);
  value.kind = first == '{' ? CRAWLHUB_JSON_OBJECT : CRAWLHUB_JSON_ARRAY;
  return at;
}

template <class OnMember>
JsonWalk::At JsonWalk::object(At at, unsigned depth, OnMember&& on_member) const {
  if (depth > kMaxDepth) return too_deep(at);
  ++at;
  if (peek(at) == '}') return at + 1;
  while (true) {
    if (peek(at) != '"') return fail(here(at), "expected a key in double quotes");
    Value key;
    at = string(at, key);
    if (at == nullptr) return nullptr;
    if (peek(at) != ':') return fail(here(at), "expected ':' after the key");
    at = on_member(std::as_const(key), at + 1);
    if (at == nullptr) return nullptr;
    const char next = peek(at);
    if (next == ',') {
      ++at;
    } else {
      return next == '}' ? at + 1 : fail(here(at), "expected ',' or '}' after the value");
    }
  }
}

}  // namespace crawlhub
