// A strict JSON check for tests (RFC 8259), so that a test sees what the real host would refuse.
#pragma once

#include <cstddef>
#include <string_view>

#include <crawlhub/json_text.hpp>

namespace crawlhub::inline sdk::testing {

// Whether text is one JSON value and nothing else.
class JsonCheck {
 public:
  static bool is_json(std::string_view text) {
    JsonCheck check(text);
    return check.value(0) && check.at_end();
  }
  // As the host demands of replies and events: an object without a raw newline.
  static bool is_line_object(std::string_view text) {
    return text.find('\n') == std::string_view::npos && text.find('{') == text.find_first_not_of(" \t") &&
           is_json(text);
  }

 private:
  static constexpr int kMaxDepth = 64;

  explicit JsonCheck(std::string_view text) : text_(text) {}

  void space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }
  bool at_end() {
    space();
    return at_ == text_.size();
  }
  bool take(char c) {
    space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view wanted) {
    if (text_.substr(at_, wanted.size()) != wanted) return false;
    at_ += wanted.size();
    return true;
  }

  bool value(int depth) {
    space();
    if (depth > kMaxDepth || at_ >= text_.size()) return false;
    switch (text_[at_]) {
      case '{':
        return container('}', depth);
      case '[':
        return container(']', depth);
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }
  bool container(char close, int depth) {
    ++at_;
    if (take(close)) return true;
    do {
      if (close == '}') {
        space();
        if (at_ >= text_.size() || text_[at_] != '"' || !string() || !take(':')) return false;
      }
      if (!value(depth + 1)) return false;
    } while (take(','));
    return take(close);
  }
  bool string() {
    for (++at_; at_ < text_.size();) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') return ++at_, true;
      if (c < 0x20) return false;
      if (c == '\\') {
        if (!escape()) return false;
        continue;
      }
      const std::size_t length = detail::utf8_length(text_.substr(at_));
      if (length == 0) return false;
      at_ += length;
    }
    return false;
  }
  bool escape() {
    if (++at_ >= text_.size()) return false;
    const char kind = text_[at_++];
    if (kind != 'u') return std::string_view("\"\\/bfnrt").find(kind) != std::string_view::npos;
    for (int i = 0; i < 4; ++i, ++at_) {
      if (at_ >= text_.size()) return false;
      if (std::string_view("0123456789abcdefABCDEF").find(text_[at_]) == std::string_view::npos) return false;
    }
    return true;
  }
  bool digits() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    return at_ > begin;
  }
  bool number() {
    word("-");
    if (!word("0") && !digits()) return false;
    if (word(".") && !digits()) return false;
    if (word("e") || word("E")) {
      if (!word("+")) word("-");
      return digits();
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace crawlhub::inline sdk::testing
