#include "host/observe/log_line.hpp"

#include <array>

#include <catch2/catch.hpp>

using crawlhub::json_line;
using crawlhub::LogField;
using crawlhub::LogLevel;
using crawlhub::LogRecord;
using crawlhub::text_line;

namespace {

LogRecord record(std::string_view text, std::span<const LogField> fields = {}) {
  return {0, LogLevel::info, "net", text, fields};
}

}  // namespace

TEST_CASE("a text line is aligned, its fields follow") {
  const std::array fields = {LogField("address", "/run/x.sock"), LogField("connections", 3),
                             LogField("reason", "went away"), LogField("empty", ""), LogField("on", true)};
  CHECK(text_line(record("listening", fields), false) ==
        "1970-01-01T00:00:00.000Z INFO  net             listening  address=/run/x.sock connections=3 "
        "reason=\"went away\" empty=\"\" on=true\n");
  const LogRecord longer{0, LogLevel::warn, "middleware-compatibility", "text", {}};
  CHECK(text_line(longer, false) == "1970-01-01T00:00:00.000Z WARN  middleware-compatibility text\n");
}

TEST_CASE("colours only where asked for") {
  CHECK(text_line(record("x"), false).find('\x1b') == std::string::npos);
  CHECK(text_line(record("x"), true).find("\x1b[32mINFO") != std::string::npos);
}

TEST_CASE("a JSON line is one object") {
  const std::array fields = {LogField("n", 1.5), LogField("who", "a\"b"), LogField("time", "other")};
  CHECK(json_line(record("said\nso", fields)) ==
        R"({"time":"1970-01-01T00:00:00.000Z","level":"info","component":"net","message":"said\nso",)"
        R"("n":1.5,"who":"a\"b","field_time":"other"})"
        "\n");
}

TEST_CASE("what a crawler sends forges no line and steers no terminal") {
  const std::array fields = {LogField("error", "a\n2024 ERROR net fake\x1b[2J")};
  const std::string line = text_line(record("x\n\x1b[31my\r", fields), false);
  CHECK(line.find('\n') == line.size() - 1);
  CHECK(line.find('\x1b') == std::string::npos);
  CHECK(line.find('\r') == std::string::npos);
}

TEST_CASE("secrets are hidden in text and fields") {
  const std::array fields = {LogField("access_token", "abc"), LogField("url", "https://u:abc@h/"),
                             LogField("password", 1234)};
  for (const std::string& line :
       {text_line(record("token=abc", fields), false), json_line(record("token=abc", fields))}) {
    INFO(line);
    CHECK(line.find("abc") == std::string::npos);
    CHECK(line.find("1234") == std::string::npos);
    CHECK(line.find("https://u:***@h/") != std::string::npos);
  }
}
