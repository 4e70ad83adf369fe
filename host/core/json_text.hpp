#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace crawlhub {

// Appends text as a JSON string, quotes included. What is not UTF-8 becomes U+FFFD, so that the result always
// is.
void append_json_string(std::string& out, std::string_view text);

void append_json_number(std::string& out, std::int64_t number);
void append_json_number(std::string& out, std::uint64_t number);
// The shortest text that reads back as the same number; infinities and NaN, which JSON lacks, become null.
void append_json_number(std::string& out, double number);

// Writes JSON to a string that the caller owns, minding the commas. It checks no nesting: whoever begins
// ends.
//   JsonWriter(out).begin_object().field("id",
//   id).key("list").begin_array().value(1).end_array().end_object();
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) noexcept : out_(out) {}

  JsonWriter& begin_object() { return begin('{'); }
  JsonWriter& end_object() { return end('}'); }
  JsonWriter& begin_array() { return begin('['); }
  JsonWriter& end_array() { return end(']'); }

  JsonWriter& key(std::string_view name) {
    separate();
    append_json_string(out_, name);
    out_ += ':';
    comma_ = false;
    return *this;
  }

  JsonWriter& value(std::string_view text) {
    separate();
    append_json_string(out_, text);
    return *this;
  }
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(bool yes) { return raw(yes ? "true" : "false"); }
  template <std::signed_integral T>
  JsonWriter& value(T number) {
    return numeric(static_cast<std::int64_t>(number));
  }
  template <std::unsigned_integral T>
  JsonWriter& value(T number) {
    return numeric(static_cast<std::uint64_t>(number));
  }
  JsonWriter& value(double number) { return numeric(number); }
  JsonWriter& null() { return raw("null"); }
  // json must be one JSON value: it is not looked at.
  JsonWriter& raw(std::string_view json) {
    separate();
    out_ += json;
    return *this;
  }

  template <class T>
  JsonWriter& field(std::string_view name, const T& content) {
    return key(name).value(content);
  }
  JsonWriter& raw_field(std::string_view name, std::string_view json) { return key(name).raw(json); }

 private:
  void separate() {
    if (comma_) out_ += ',';
    comma_ = true;
  }
  JsonWriter& begin(char bracket) {
    separate();
    out_ += bracket;
    comma_ = false;
    return *this;
  }
  JsonWriter& end(char bracket) {
    out_ += bracket;
    comma_ = true;
    return *this;
  }
  template <class T>
  JsonWriter& numeric(T number) {
    separate();
    append_json_number(out_, number);
    return *this;
  }

  std::string& out_;
  bool comma_ = false;
};

}  // namespace crawlhub
