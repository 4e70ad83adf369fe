#include "host/core/clock.hpp"

#include <chrono>
#include <ctime>

namespace crawlhub {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kDay = 86'400;

std::int64_t read_clock(clockid_t clock) noexcept {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * kSecond + now.tv_nsec;
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) noexcept {
  return a / b - (a % b < 0 ? 1 : 0);
}

void put_digits(char* out, unsigned value, int count) noexcept {
  for (int i = count - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
}

// Reads text from left to right; every step says whether it could.
class Cursor {
 public:
  explicit Cursor(std::string_view text) noexcept : at_(text.data()), end_(text.data() + text.size()) {}

  bool done() const noexcept { return at_ == end_; }
  bool next_is_digit() const noexcept { return at_ != end_ && static_cast<unsigned char>(*at_ - '0') < 10; }
  bool take(char c) noexcept {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool digits(int count, int least, int most, int& value) noexcept {
    value = 0;
    for (int i = 0; i < count; ++i, ++at_) {
      if (!next_is_digit()) return false;
      value = value * 10 + (*at_ - '0');
    }
    return value >= least && value <= most;
  }
  // Digits after the point; those past the ninth are below a nanosecond and dropped.
  bool fraction(std::int64_t& nanoseconds) noexcept {
    if (!next_is_digit()) return false;
    for (std::int64_t weight = kSecond / 10; next_is_digit(); ++at_, weight /= 10) {
      nanoseconds += weight * (*at_ - '0');
    }
    return true;
  }

 private:
  const char* at_;
  const char* end_;
};

// Seconds since 1970 of the midnight that begins the date.
std::optional<std::int64_t> take_date(Cursor& cursor) noexcept {
  int year = 0, month = 0, day = 0;
  if (!cursor.digits(4, 1678, 2261, year) || !cursor.take('-') || !cursor.digits(2, 1, 12, month) ||
      !cursor.take('-') || !cursor.digits(2, 1, 31, day)) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count() * kDay;
}

bool take_time(Cursor& cursor, std::int64_t& seconds, std::int64_t& nanoseconds) noexcept {
  int hour = 0, minute = 0, second = 0;
  if (!cursor.digits(2, 0, 23, hour) || !cursor.take(':') || !cursor.digits(2, 0, 59, minute)) return false;
  if (cursor.take(':')) {
    // 60 is a leap second.
    if (!cursor.digits(2, 0, 60, second)) return false;
    if (cursor.take('.') && !cursor.fraction(nanoseconds)) return false;
  }
  seconds += hour * 3600 + minute * 60 + second;
  return true;
}

bool take_zone(Cursor& cursor, std::int64_t& seconds) noexcept {
  if (cursor.take('Z') || cursor.take('z')) return true;
  const bool east = cursor.take('+');
  if (!east && !cursor.take('-')) return false;
  int hours = 0, minutes = 0;
  if (!cursor.digits(2, 0, 23, hours)) return false;
  if ((cursor.take(':') || cursor.next_is_digit()) && !cursor.digits(2, 0, 59, minutes)) return false;
  const std::int64_t offset = hours * 3600 + minutes * 60;
  seconds -= east ? offset : -offset;
  return true;
}

}  // namespace

std::int64_t monotonic_ns() noexcept {
  return read_clock(CLOCK_MONOTONIC);
}

std::int64_t wall_ns() noexcept {
  return read_clock(CLOCK_REALTIME);
}

void format_iso8601(std::int64_t wall_ns, char* out) noexcept {
  const std::int64_t milliseconds = floor_div(wall_ns, kMillisecond);
  const std::int64_t seconds = floor_div(milliseconds, 1000);
  const std::int64_t days = floor_div(seconds, kDay);
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  const auto of_day = static_cast<unsigned>(seconds - days * kDay);
  put_digits(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out[4] = '-';
  put_digits(out + 5, static_cast<unsigned>(date.month()), 2);
  out[7] = '-';
  put_digits(out + 8, static_cast<unsigned>(date.day()), 2);
  out[10] = 'T';
  put_digits(out + 11, of_day / 3600, 2);
  out[13] = ':';
  put_digits(out + 14, of_day / 60 % 60, 2);
  out[16] = ':';
  put_digits(out + 17, of_day % 60, 2);
  out[19] = '.';
  put_digits(out + 20, static_cast<unsigned>(milliseconds - seconds * 1000), 3);
  out[23] = 'Z';
}

std::string format_iso8601(std::int64_t wall_ns) {
  std::string text(kIso8601Length, '\0');
  format_iso8601(wall_ns, text.data());
  return text;
}

std::string_view Iso8601Formatter::format(std::int64_t wall_ns) noexcept {
  const std::int64_t millisecond = floor_div(wall_ns, kMillisecond);
  if (millisecond != millisecond_) {
    format_iso8601(wall_ns, text_.data());
    millisecond_ = millisecond;
  }
  return {text_.data(), text_.size()};
}

std::optional<std::int64_t> parse_iso8601(std::string_view text) noexcept {
  Cursor cursor(text);
  const auto date = take_date(cursor);
  if (!date) return std::nullopt;
  std::int64_t seconds = *date;
  std::int64_t nanoseconds = 0;
  if (!cursor.done()) {
    if (!cursor.take('T') && !cursor.take(' ') && !cursor.take('t')) return std::nullopt;
    if (!take_time(cursor, seconds, nanoseconds)) return std::nullopt;
    if (!cursor.done() && (!take_zone(cursor, seconds) || !cursor.done())) return std::nullopt;
  }
  return seconds * kSecond + nanoseconds;
}

}  // namespace crawlhub
