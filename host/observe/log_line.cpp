#include "host/observe/log_line.hpp"

#include <algorithm>
#include <array>

#include "host/core/clock.hpp"
#include "host/core/json_text.hpp"
#include "host/observe/mask.hpp"

namespace crawlhub {
namespace {

constexpr std::size_t kComponentWidth = 16;

struct LevelStyle {
  std::string_view padded;
  std::string_view colour;
};

constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kReset = "\x1b[0m";

LevelStyle style_of(LogLevel level) {
  switch (level) {
    case LogLevel::trace:
      return {"TRACE", "\x1b[2m"};
    case LogLevel::debug:
      return {"DEBUG", "\x1b[36m"};
    case LogLevel::info:
      return {"INFO ", "\x1b[32m"};
    case LogLevel::warn:
      return {"WARN ", "\x1b[33m"};
    case LogLevel::error:
      return {"ERROR", "\x1b[1;31m"};
    case LogLevel::off:
      break;
  }
  return {"     ", ""};
}

constexpr bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

void append_printable(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (const char c : text) {
    if (!is_control(c)) {
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
}

bool needs_quotes(std::string_view text) {
  return text.empty() || std::any_of(text.begin(), text.end(), [](char c) {
           return c == ' ' || c == '"' || c == '=' || c == '\\' || is_control(c);
         });
}

struct Painter {
  std::string& out;
  bool colour;

  void operator()(std::string_view with, std::string_view text) const {
    if (colour) out += with;
    out += text;
    if (colour) out += kReset;
  }
};

// Calls take with the field's value as text or number, its secrets masked.
template <class Take>
void with_value(const LogField& field, Take take) {
  const auto* text = std::get_if<std::string_view>(&field.value);
  if (is_secret_key(field.key)) {
    take(kMasked);
  } else if (text == nullptr) {
    std::visit([&](auto value) { take(value); }, field.value);
  } else if (std::string masked; mask_secrets(*text, masked)) {
    take(std::string_view(masked));
  } else {
    take(*text);
  }
}

struct AppendTextValue {
  std::string& out;

  void operator()(std::string_view text) const {
    if (needs_quotes(text)) {
      append_json_string(out, text);
    } else {
      out += text;
    }
  }
  void operator()(bool yes) const { out += yes ? "true" : "false"; }
  template <class Number>
  void operator()(Number number) const {
    append_json_number(out, number);
  }
};

std::string_view masked_text(std::string_view text, std::string& storage) {
  return mask_secrets(text, storage) ? std::string_view(storage) : text;
}

}  // namespace

std::string text_line(const LogRecord& record, bool colour) {
  std::string line;
  line.reserve(160);
  const Painter paint{line, colour};
  std::array<char, kIso8601Length> time{};
  format_iso8601(record.wall_ns, time.data());
  paint(kDim, {time.data(), time.size()});
  line += ' ';
  const LevelStyle style = style_of(record.level);
  paint(style.colour, style.padded);
  line += ' ';
  line += record.component;
  line.append(std::max(kComponentWidth, record.component.size() + 1) - record.component.size(), ' ');
  std::string storage;
  append_printable(line, masked_text(record.text, storage));
  for (std::string_view gap = "  "; const LogField& field : record.fields) {
    line += gap;
    gap = " ";
    paint(kDim, field.key);
    line += '=';
    with_value(field, AppendTextValue{line});
  }
  line += '\n';
  return line;
}

std::string json_line(const LogRecord& record) {
  std::string line;
  line.reserve(200);
  JsonWriter json(line);
  std::array<char, kIso8601Length> time{};
  format_iso8601(record.wall_ns, time.data());
  std::string storage;
  json.begin_object().field("time", std::string_view(time.data(), time.size()));
  json.field("level", to_string(record.level)).field("component", record.component);
  json.field("message", masked_text(record.text, storage));
  for (const LogField& field : record.fields) {
    constexpr std::array<std::string_view, 4> kOwn = {"time", "level", "component", "message"};
    const bool taken = std::find(kOwn.begin(), kOwn.end(), field.key) != kOwn.end();
    const std::string name = (taken ? "field_" : "") + std::string(field.key);
    with_value(field, [&](auto value) { json.field(name, value); });
  }
  json.end_object();
  line += '\n';
  return line;
}

}  // namespace crawlhub
