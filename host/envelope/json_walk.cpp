#include "host/envelope/json_walk.hpp"

namespace crawlhub {
namespace {

// 0 where the word is none of JSON's.
std::uint32_t word_kind(std::string_view word) {
  if (word == "true" || word == "false") return CRAWLHUB_JSON_BOOL;
  return word == "null" ? CRAWLHUB_JSON_NULL : 0;
}

}  // namespace

bool JsonWalk::fail(std::size_t offset, std::string reason, ErrorCode code) {
  error_ = {.code = code, .offset = offset, .reason = std::move(reason)};
  if (offset == text_.size()) error_.reason += ", but the text ends here";
  return false;
}

bool JsonWalk::finish() {
  if (at_ == end_) return true;
  fail(*at_, "text after the end of the object");
  error_.leftover = *at_;
  return false;
}

bool JsonWalk::container_too_deep() {
  return fail(offset(), "nested deeper than " + std::to_string(kMaxDepth) + " levels", CRAWLHUB_E_TOO_DEEP);
}

bool JsonWalk::array(unsigned depth) {
  if (depth > kMaxDepth) return container_too_deep();
  ++at_;
  if (peek() == ']') {
    ++at_;
    return true;
  }
  while (true) {
    Value element;
    if (!value(depth + 1, element)) return false;
    const char next = peek();
    if (next != ',' && next != ']') return fail(offset(), "expected ',' or ']' after the element");
    ++at_;
    if (next == ']') return true;
  }
}

bool JsonWalk::scalar(Value& value) {
  if (at_ == end_) return fail(offset(), "expected a value");
  value.begin = here();
  value.end = token_end();
  if (*value.begin == '-' || (*value.begin >= '0' && *value.begin <= '9')) {
    value.kind = CRAWLHUB_JSON_NUMBER;
    if (!is_json_number(value.text())) return fail(offset(), "a bad number");
  } else {
    value.kind = word_kind(value.text());
    if (value.kind == 0) return fail(offset(), "expected a value");
  }
  ++at_;
  return true;
}

}  // namespace crawlhub
