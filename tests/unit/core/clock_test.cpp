#include "host/core/clock.hpp"

#include <catch2/catch.hpp>

using crawlhub::format_iso8601;
using crawlhub::Iso8601Formatter;
using crawlhub::parse_iso8601;

namespace {
constexpr std::int64_t kSecond = 1'000'000'000;
}

TEST_CASE("times are written in UTC with milliseconds") {
  CHECK(format_iso8601(0) == "1970-01-01T00:00:00.000Z");
  CHECK(format_iso8601(1'709'164'799 * kSecond + 999'999'999) == "2024-02-28T23:59:59.999Z");
  CHECK(format_iso8601(1'709'164'800 * kSecond) == "2024-02-29T00:00:00.000Z");
  CHECK(format_iso8601(-1) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("the caching formatter follows the clock in both directions") {
  Iso8601Formatter formatter;
  CHECK(formatter.format(5 * kSecond) == "1970-01-01T00:00:05.000Z");
  CHECK(formatter.format(5 * kSecond + 999'999) == "1970-01-01T00:00:05.000Z");
  CHECK(formatter.format(5 * kSecond + 1'000'000) == "1970-01-01T00:00:05.001Z");
  CHECK(formatter.format(4 * kSecond) == "1970-01-01T00:00:04.000Z");
}

TEST_CASE("every usual form of ISO 8601 is read") {
  const std::int64_t moment = 1'704'164'645 * kSecond;  // 2024-01-02T03:04:05Z
  CHECK(parse_iso8601("2024-01-02T03:04:05Z") == moment);
  CHECK(parse_iso8601("2024-01-02T03:04:05") == moment);
  CHECK(parse_iso8601("2024-01-02 03:04:05") == moment);
  CHECK(parse_iso8601("2024-01-02t03:04:05z") == moment);
  CHECK(parse_iso8601("2024-01-02T03:04:05.678Z") == moment + 678'000'000);
  CHECK(parse_iso8601("2024-01-02T03:04:05.123456789Z") == moment + 123'456'789);
  CHECK(parse_iso8601("2024-01-02T03:04:05.1234567891234Z") == moment + 123'456'789);
  CHECK(parse_iso8601("2024-01-02T04:04:05+01:00") == moment);
  CHECK(parse_iso8601("2024-01-02T04:04:05+0100") == moment);
  CHECK(parse_iso8601("2024-01-02T04:04:05+01") == moment);
  CHECK(parse_iso8601("2024-01-01T21:34:05-05:30") == moment);
  CHECK(parse_iso8601("2024-01-02T03:04Z") == moment - 5 * kSecond);
  CHECK(parse_iso8601("2024-01-02") == 1'704'153'600 * kSecond);
  CHECK(parse_iso8601("2016-12-31T23:59:60Z") == 1'483'228'800 * kSecond);
}

TEST_CASE("what is not a time is not guessed at") {
  for (const char* text : {"",
                           "now",
                           "2024",
                           "2024-13-01",
                           "2024-02-30",
                           "2023-02-29T00:00:00Z",
                           "2024-01-02T",
                           "2024-01-02T24:00:00Z",
                           "2024-01-02T03:60:00Z",
                           "2024-01-02T03:04:61Z",
                           "2024-01-02T03:04:05.Z",
                           "2024-01-02T03:04:05Zx",
                           "2024-01-02T03:04:05+1",
                           "2024-01-02T03:04:05+01:",
                           "2024-01-02T03:04:05+24:00",
                           "1704164645",
                           "0001-01-01T00:00:00Z",
                           "9999-01-01T00:00:00Z",
                           " 2024-01-02",
                           "2024-1-2",
                           "2024/01/02"}) {
    INFO(text);
    CHECK_FALSE(parse_iso8601(text).has_value());
  }
}

TEST_CASE("what is written reads back") {
  for (const std::int64_t day : {-100'000, -1, 0, 59, 10'956, 19'782, 100'000}) {
    const std::int64_t moment = day * 86'400 * kSecond + 45'296'789 * (kSecond / 1000);
    CHECK(parse_iso8601(format_iso8601(moment)) == moment);
  }
}

TEST_CASE("the clocks run") {
  const std::int64_t before = crawlhub::monotonic_ns();
  CHECK(crawlhub::monotonic_ns() >= before);
  CHECK(crawlhub::wall_ns() > 1'600'000'000 * kSecond);
}
