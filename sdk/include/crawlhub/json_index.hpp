// The children of a JSON value, found in one pass, in the shape that the host gives to message.data(): for
// configs, arguments of commands, and values nested in a message. Where every number of a large value is
// wanted, a real parser is faster.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/json_value.hpp>

namespace crawlhub::inline sdk {

namespace detail {

// Walks over JSON text that is known to be valid. On text that is not it finds nonsense, but never reads
// outside.
class JsonScan {
 public:
  explicit JsonScan(std::string_view text) noexcept : text_(text) {}

  // The next character that is not white space, 0 at the end.
  char peek() noexcept {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char wanted) noexcept {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }
  // The whole value that begins here; empty where none does.
  std::string_view value() noexcept {
    const char first = peek();
    const std::size_t begin = at_;
    if (first == '"') {
      skip_string();
    } else if (first == '{' || first == '[') {
      skip_nested();
    } else {
      while (at_ < text_.size() && !ends_scalar(text_[at_])) ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

 private:
  static bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
  static bool ends_scalar(char c) noexcept { return c == ',' || c == '}' || c == ']' || is_space(c); }

  void skip_string() noexcept {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        ++at_;
        return;
      }
    }
    at_ = text_.size();
  }
  void skip_nested() noexcept {
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        skip_string();
        continue;
      }
      ++at_;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) return;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

inline std::uint32_t json_kind(std::string_view value) noexcept {
  switch (value.empty() ? '\0' : value.front()) {
    case '"':
      return CRAWLHUB_JSON_STRING;
    case '{':
      return CRAWLHUB_JSON_OBJECT;
    case '[':
      return CRAWLHUB_JSON_ARRAY;
    case 't':
    case 'f':
      return CRAWLHUB_JSON_BOOL;
    case 'n':
      return CRAWLHUB_JSON_NULL;
    default:
      return CRAWLHUB_JSON_NUMBER;
  }
}

}  // namespace detail

// Keep one and read again: its memory is used again. Thread: one at a time.
class JsonIndex {
 public:
  JsonIndex() = default;
  explicit JsonIndex(std::string_view json) { read(json); }
  // Members point into it.
  JsonIndex(const JsonIndex&) = delete;
  JsonIndex& operator=(const JsonIndex&) = delete;

  // Finds the children of json. False, and none found, where it is no object and no list, or is cut short.
  // REQUIRES: json is valid, as all is that the host hands over. Lives: members() and what they yield as long
  // as json and until the next read.
  bool read(std::string_view json) {
    members_.clear();
    keys_.clear();
    detail::JsonScan scan(json);
    const bool object = scan.take('{');
    if (!object && !scan.take('[')) return false;
    const char close = object ? '}' : ']';
    while (!scan.take(close)) {
      if (!members_.empty() && !scan.take(',')) return give_up();
      crawlhub_member member{};
      if (object) {
        member.key = str(key(scan.value()));
        if (!scan.take(':')) return give_up();
      }
      const std::string_view value = scan.value();
      if (value.empty()) return give_up();
      member.value = str(value);
      member.kind = detail::json_kind(value);
      members_.push_back(member);
    }
    return true;
  }

  Members members() const& noexcept { return Members(members_.data(), members_.size()); }
  // In `for (m : JsonIndex(x).members())` the index would be gone before the loop began.
  Members members() && = delete;
  // The same as the ABI has it.
  const std::vector<crawlhub_member>& raw() const noexcept { return members_; }
  // The member with that key, absent where there is none.
  Member find(std::string_view key) const noexcept {
    return Members(members_.data(), members_.size()).find(key);
  }

 private:
  bool give_up() {
    members_.clear();
    return false;
  }
  // quoted without its quotes, unescaped. A deque does not move its strings.
  std::string_view key(std::string_view quoted) {
    if (quoted.size() < 2) return {};
    const std::string_view inside = quoted.substr(1, quoted.size() - 2);
    if (inside.find('\\') == std::string_view::npos) return inside;
    append_unescaped(keys_.emplace_back(), inside);
    return keys_.back();
  }

  std::vector<crawlhub_member> members_;
  std::deque<std::string> keys_;
};

}  // namespace crawlhub::inline sdk
