#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace crawlhub {

// How to write to a stream: colours on a terminal (unless NO_COLOR is set), none in a pipe.
class Style {
 public:
  explicit Style(bool colours) : colours_(colours) {}
  static Style of(int fd);

  bool colours() const { return colours_; }
  std::string bold(std::string_view text) const { return paint("1", text); }
  std::string dim(std::string_view text) const { return paint("2", text); }
  std::string red(std::string_view text) const { return paint("31", text); }
  std::string green(std::string_view text) const { return paint("32", text); }
  std::string yellow(std::string_view text) const { return paint("33", text); }
  std::string cyan(std::string_view text) const { return paint("36", text); }
  // A word such as a state in the colour it has everywhere: failed red, running cyan, finished green.
  std::string word(std::string_view text) const;

 private:
  std::string paint(const char* code, std::string_view text) const;
  bool colours_;
};

// Columns that UTF-8 text takes, a column for each code point.
std::size_t display_width(std::string_view text);

// Text from elsewhere with control characters shown as \x1b: what a crawler wrote may not steer a terminal.
std::string printable(std::string_view text);

std::string format_count(double number);     // "12,345"
std::string format_seconds(double seconds);  // "1h 02m", "3m 20s", "12s"

}  // namespace crawlhub
