// Times as the protocol writes and reads them: "2025-01-31T12:34:56.789Z".
#pragma once

#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crawlhub::inline sdk {

// wall_ns: nanoseconds since 1970 UTC. UTC, to the millisecond.
inline std::string iso_time(std::int64_t wall_ns) {
  using namespace std::chrono;
  const sys_time<milliseconds> time{floor<milliseconds>(nanoseconds(wall_ns))};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss<milliseconds> clock{time - day};
  std::string text = "0000-00-00T00:00:00.000Z";
  const auto put = [&text](std::size_t at, std::int64_t value, std::size_t digits) {
    for (std::size_t i = digits; i-- > 0; value /= 10) text[at + i] = static_cast<char>('0' + value % 10);
  };
  put(0, static_cast<int>(date.year()), 4);
  put(5, static_cast<unsigned>(date.month()), 2);
  put(8, static_cast<unsigned>(date.day()), 2);
  put(11, clock.hours().count(), 2);
  put(14, clock.minutes().count(), 2);
  put(17, clock.seconds().count(), 2);
  put(20, clock.subseconds().count(), 3);
  return text;
}

namespace detail {

// Takes what it is asked for from the front of a text; failed once it could not.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) noexcept : text_(text) {}

  bool take(char wanted) noexcept {
    if (text_.empty() || text_.front() != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }
  void demand(char wanted) noexcept { failed_ |= !take(wanted); }
  std::int64_t number(std::size_t digits, std::int64_t most) noexcept {
    std::int64_t value = 0;
    const char* end = text_.data() + digits;
    failed_ |= text_.size() < digits || text_.front() < '0' || text_.front() > '9' ||
               std::from_chars(text_.data(), end, value).ptr != end || value > most;
    text_.remove_prefix(failed_ ? text_.size() : digits);
    return value;
  }
  // Digits behind a point, as nanoseconds; those past the ninth are dropped.
  std::int64_t fraction() noexcept {
    std::int64_t value = 0;
    std::int64_t unit = 100'000'000;
    failed_ |= text_.empty() || !digit();
    for (; digit(); text_.remove_prefix(1), unit /= 10) value += unit * (text_.front() - '0');
    return value;
  }
  bool digit() const noexcept { return !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; }
  bool empty() const noexcept { return text_.empty(); }
  bool failed() const noexcept { return failed_; }

 private:
  std::string_view text_;
  bool failed_ = false;
};

// Seconds that a zone (Z, +HH:MM, +HHMM, +HH, or none: UTC) lies before UTC.
inline std::int64_t take_zone(TimeReader& reader) noexcept {
  if (reader.empty() || reader.take('Z')) return 0;
  const bool west = reader.take('-');
  if (!west) reader.demand('+');
  const std::int64_t hours = reader.number(2, 23);
  std::int64_t minutes = 0;
  if (reader.take(':') || reader.digit()) minutes = reader.number(2, 59);
  const std::int64_t offset = hours * 3600 + minutes * 60;
  return west ? offset : -offset;
}

}  // namespace detail

// Nanoseconds since 1970 UTC of "YYYY-MM-DD", optionally with "T" or a space, "HH:MM", ":SS", a fraction, and
// a zone; without a zone it is UTC. Nothing where text is anything else.
inline std::optional<std::int64_t> parse_iso_time(std::string_view text) noexcept {
  using namespace std::chrono;
  detail::TimeReader reader(text);
  const auto y = static_cast<int>(reader.number(4, 2261));
  reader.demand('-');
  const auto m = static_cast<unsigned>(reader.number(2, 12));
  reader.demand('-');
  const auto d = static_cast<unsigned>(reader.number(2, 31));
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;
  if (!reader.empty() && !reader.failed()) {
    if (!reader.take('T')) reader.demand(' ');
    seconds = reader.number(2, 23) * 3600;
    reader.demand(':');
    seconds += reader.number(2, 59) * 60;
    if (reader.take(':')) seconds += reader.number(2, 60);
    if (reader.take('.')) nanoseconds = reader.fraction();
    seconds += detail::take_zone(reader);
  }
  const year_month_day date{year(y), month(m), day(d)};
  if (reader.failed() || !reader.empty() || !date.ok() || y < 1678) return std::nullopt;
  const std::int64_t midnight = sys_days(date).time_since_epoch().count() * 86'400;
  return (midnight + seconds) * 1'000'000'000 + nanoseconds;
}

}  // namespace crawlhub::inline sdk
