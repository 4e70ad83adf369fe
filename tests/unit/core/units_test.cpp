#include "host/core/units.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using crawlhub::format_duration;
using crawlhub::format_size;
using crawlhub::parse_duration;
using crawlhub::parse_size;

TEST_CASE("durations are read with their unit") {
  CHECK(*parse_duration("30s") == 30s);
  CHECK(*parse_duration("250ms") == 250ms);
  CHECK(*parse_duration("5m") == 5min);
  CHECK(*parse_duration("1h") == 1h);
  CHECK(*parse_duration("7d") == 168h);
  CHECK(*parse_duration("3us") == 3us);
  CHECK(*parse_duration("9ns") == 9ns);
  CHECK(*parse_duration("1h30m") == 90min);
  CHECK(*parse_duration("0") == 0s);
  CHECK(*parse_duration("0s") == 0s);
}

TEST_CASE("what is not a duration is refused with an example") {
  for (const char* text :
       {"", "30", "s", "30 s", "-5s", "5 minutes", "1.5s", "30S", "5m1h", "5s5s", "1e3s", "off"}) {
    INFO(text);
    const auto result = parse_duration(text);
    REQUIRE_FALSE(result.ok());
    CHECK_THAT(result.error(), Catch::Contains("is not a duration") && Catch::Contains("30s"));
  }
}

TEST_CASE("a duration that does not fit is refused, never wrapped") {
  CHECK_FALSE(parse_duration("106752d").ok());
  CHECK_FALSE(parse_duration("9223372036854775807s").ok());
  CHECK_FALSE(parse_duration("99999999999999999999s").ok());
  CHECK(parse_duration("106751d").ok());
}

TEST_CASE("sizes are read in bytes") {
  CHECK(*parse_size("0") == 0);
  CHECK(*parse_size("512") == 512);
  CHECK(*parse_size("512B") == 512);
  CHECK(*parse_size("4KiB") == 4096);
  CHECK(*parse_size("8MiB") == 8u << 20);
  CHECK(*parse_size("2GiB") == 2ull << 30);
  CHECK(*parse_size("1TiB") == 1ull << 40);
}

TEST_CASE("what is not a size is refused with an example") {
  for (const char* text : {"", "MiB", "8MB", "8 MiB", "-1", "8mib", "1.5MiB", "8MiB4KiB", "16777216TiB"}) {
    INFO(text);
    CHECK_FALSE(parse_size(text).ok());
  }
  CHECK_THAT(parse_size("8MB").error(), Catch::Contains("8MiB"));
}

TEST_CASE("what is formatted is the shortest exact form and reads back") {
  CHECK(format_duration(30s) == "30s");
  CHECK(format_duration(90s) == "90s");
  CHECK(format_duration(300s) == "5m");
  CHECK(format_duration(168h) == "7d");
  CHECK(format_duration(1500ms) == "1500ms");
  CHECK(format_duration(0s) == "0s");
  CHECK(format_duration(-2s) == "-2s");
  CHECK(format_size(0) == "0B");
  CHECK(format_size(1u << 20) == "1MiB");
  CHECK(format_size(1000) == "1000B");
  for (const auto duration : {1ns, 1001ns, std::chrono::nanoseconds(36h), std::chrono::nanoseconds(61s)}) {
    CHECK(*parse_duration(format_duration(duration)) == duration);
  }
}
