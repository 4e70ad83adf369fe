// Writing JSON text: replies, events, answers to commands.
#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace crawlhub::inline sdk {

namespace detail {

// Bytes of the UTF-8 sequence that begins text, 0 where it is not valid: overlong, a surrogate, cut short.
inline std::size_t utf8_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  if (first == 0xE0 && byte(1) < 0xA0) return 0;
  if (first == 0xED && byte(1) > 0x9F) return 0;
  if (first == 0xF0 && byte(1) < 0x90) return 0;
  if (first == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

}  // namespace detail

// Appends text as a JSON string with its quotes. What is not UTF-8 becomes U+FFFD, so that the result always
// is.
inline void append_quoted(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const std::size_t length = c < 0x80 ? 1 : detail::utf8_length(text.substr(i));
    if (length != 0 && c >= 0x20 && c != '"' && c != '\\') {
      i += length;
      continue;
    }
    out.append(text, copied, i - copied);
    copied = ++i;
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      (out += '\\') += static_cast<char>(c);
    } else if (c == '\n') {
      out += "\\n";
    } else {
      ((out += "\\u00") += kHex[c >> 4]) += kHex[c & 15];
    }
  }
  out.append(text, copied);
  out += '"';
}

// Builds one JSON value, minding the commas. It checks no nesting: whoever begins ends.
//   JsonText json;
//   json.begin_object().field("id", id).key("list").begin_array().value(1).value(2).end_array().end_object();
//   call.reply("answer", "", json);
// Keep one and clear() it: its memory is used again. Thread: one at a time.
class JsonText {
 public:
  JsonText& begin_object() { return begin('{'); }
  JsonText& end_object() { return end('}'); }
  JsonText& begin_array() { return begin('['); }
  JsonText& end_array() { return end(']'); }

  JsonText& key(std::string_view name) {
    separate();
    append_quoted(text_, name);
    text_ += ':';
    comma_ = false;
    return *this;
  }

  JsonText& value(std::string_view text) {
    separate();
    append_quoted(text_, text);
    return *this;
  }
  JsonText& value(const char* text) { return value(std::string_view(text)); }
  JsonText& value(const std::string& text) { return value(std::string_view(text)); }
  JsonText& value(bool yes) { return raw(yes ? "true" : "false"); }
  template <class T>
  requires std::integral<T> JsonText& value(T number) { return digits(number); }
  // The shortest text that reads back as the same number; infinities and NaN, which JSON lacks, become null.
  JsonText& value(double number) { return std::isfinite(number) ? digits(number) : null(); }
  JsonText& null() { return raw("null"); }
  // json must be one JSON value; it is not looked at.
  JsonText& raw(std::string_view json) {
    separate();
    text_ += json;
    return *this;
  }

  template <class T>
  JsonText& field(std::string_view name, const T& content) {
    return key(name).value(content);
  }
  JsonText& raw_field(std::string_view name, std::string_view json) { return key(name).raw(json); }

  JsonText& clear() noexcept {
    text_.clear();
    comma_ = false;
    return *this;
  }
  // Lives: until the next change.
  std::string_view view() const noexcept { return text_; }
  operator std::string_view() const noexcept { return text_; }  // NOLINT(google-explicit-constructor)
  std::string take() noexcept {
    comma_ = false;
    return std::move(text_);
  }

 private:
  void separate() {
    if (comma_) text_ += ',';
    comma_ = true;
  }
  JsonText& begin(char bracket) {
    separate();
    text_ += bracket;
    comma_ = false;
    return *this;
  }
  JsonText& end(char bracket) {
    text_ += bracket;
    comma_ = true;
    return *this;
  }
  template <class T>
  JsonText& digits(T number) {
    separate();
    char buffer[32];
    const auto written = std::to_chars(buffer, buffer + sizeof buffer, number);
    text_.append(buffer, written.ptr);
    return *this;
  }

  std::string text_;
  bool comma_ = false;
};

}  // namespace crawlhub::inline sdk
