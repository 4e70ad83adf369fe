#include "host/envelope/json_walk.hpp"

namespace crawlhub {
namespace {

// 0 where the word is none of JSON's.
std::uint32_t word_kind(std::string_view word) {
  if (word == "true" || word == "false") return CRAWLHUB_JSON_BOOL;
  return word == "null" ? CRAWLHUB_JSON_NULL : 0;
}

// Most numbers are; whether they are saves the long look.
bool is_plain_integer(std::string_view word) {
  if (word[0] < '1' || word[0] > '9' || word.size() > 18) return false;
  for (const char byte : word) {
    if (byte < '0' || byte > '9') return false;
  }
  return true;
}

}  // namespace

JsonWalk::At JsonWalk::fail(const char* where, const char* reason, ErrorCode code) const {
  const auto offset = static_cast<std::size_t>(where - text_.data());
  error_ = {.code = code, .offset = offset, .reason = reason};
  if (offset == text_.size()) error_.reason += ", but the text ends here";
  return nullptr;
}

JsonWalk::At JsonWalk::finish(At at) const {
  if (at == end_) return at;
  fail(here(at), "text after the end");
  error_.leftover = *at;
  return nullptr;
}

JsonWalk::At JsonWalk::too_deep(At at) const {
  static_assert(kMaxDepth == 64);
  return fail(here(at), "nested deeper than 64 levels", CRAWLHUB_E_TOO_DEEP);
}

JsonWalk::At JsonWalk::bad_escape(const Value& value) const {
  return fail(find_bad_escape(value.content()), "a bad escape");
}

JsonWalk::At JsonWalk::skip_object(At at, unsigned depth) const {
  return object(at, depth, [this, depth](const Value&, At member) {
    Value ignored;
    return value(member, depth + 1, ignored);
  });
}

JsonWalk::At JsonWalk::skip_array(At at, unsigned depth) const {
  if (depth > kMaxDepth) return too_deep(at);
  ++at;
  if (peek(at) == ']') return at + 1;
  while (true) {
    Value element;
    at = value(at, depth + 1, element);
    if (at == nullptr) return nullptr;
    const char next = peek(at);
    if (next == ',') {
      ++at;
    } else {
      return next == ']' ? at + 1 : fail(here(at), "expected ',' or ']' after the element");
    }
  }
}

JsonWalk::At JsonWalk::scalar(At at, Value& value) const {
  if (at == end_) return fail(here(at), "expected a value");
  const char* const begin = here(at);
  const char* const end = token_end(at);
  value.begin = begin;
  value.end = end;
  value.kind = CRAWLHUB_JSON_NUMBER;
  const std::string_view text(begin, static_cast<std::size_t>(end - begin));
  if (is_plain_integer(text)) return at + 1;
  if (*begin == '-' || (*begin >= '0' && *begin <= '9')) {
    return is_json_number(text) ? at + 1 : fail(begin, "a bad number");
  }
  value.kind = word_kind(text);
  return value.kind != 0 ? at + 1 : fail(begin, "expected a value");
}

}  // namespace crawlhub
