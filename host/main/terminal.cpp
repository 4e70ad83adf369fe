#include "host/main/terminal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include <unistd.h>

namespace crawlhub {

namespace {

constexpr std::array kGood = {"finished", "completed", "ok",      "healthy",
                              "loaded",   "started",   "serving", "connected"};
constexpr std::array kBusy = {"running", "active", "assigned", "processing", "authenticated", "discovering"};
constexpr std::array kBad = {"failed",    "error", "critical",          "high",
                             "unhealthy", "dead",  "credential_expired"};
constexpr std::array kWaiting = {"queued",   "paused",    "idle",
                                 "degraded", "medium",    "waiting_credential_renewal",
                                 "draining", "cancelled", "pending"};

template <class List>
bool among(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

Style Style::of(int fd) {
  const char* no_colour = std::getenv("NO_COLOR");
  return Style(::isatty(fd) == 1 && (no_colour == nullptr || *no_colour == '\0'));
}

std::string Style::paint(const char* code, std::string_view text) const {
  if (!colours_) return std::string(text);
  return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
}

std::string Style::word(std::string_view text) const {
  if (among(kGood, text)) return green(text);
  if (among(kBusy, text)) return cyan(text);
  if (among(kBad, text)) return red(text);
  if (among(kWaiting, text)) return yellow(text);
  return std::string(text);
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string printable(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      result += c;
      continue;
    }
    std::array<char, 8> escaped{};
    std::snprintf(escaped.data(), escaped.size(), c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\x%02x", byte);
    result += escaped.data();
  }
  return result;
}

std::string format_count(double number) {
  std::string digits = std::to_string(static_cast<long long>(std::llround(number)));
  const std::size_t first = digits.front() == '-' ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string format_seconds(double seconds) {
  const long long total = std::llround(std::max(0.0, seconds));
  std::array<char, 64> text{};
  if (total >= 86400) {
    std::snprintf(text.data(), text.size(), "%lldd %02lldh", total / 86400, total % 86400 / 3600);
  } else if (total >= 3600) {
    std::snprintf(text.data(), text.size(), "%lldh %02lldm", total / 3600, total % 3600 / 60);
  } else if (total >= 60) {
    std::snprintf(text.data(), text.size(), "%lldm %02llds", total / 60, total % 60);
  } else {
    std::snprintf(text.data(), text.size(), "%llds", total);
  }
  return text.data();
}

}  // namespace crawlhub
