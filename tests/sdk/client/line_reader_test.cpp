#include <cstring>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <crawlhub/client/line_reader.hpp>
#include <crawlhub/client/stamp.hpp>

using namespace crawlhub::client;

namespace {

void feed(LineReader& reader, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto space = reader.space();
    const auto size = std::min(space.size(), bytes.size());
    std::memcpy(space.data(), bytes.data(), size);
    reader.added(size);
    bytes.remove_prefix(size);
  }
}

std::vector<std::string> lines_of(const std::string& text, std::size_t cut) {
  LineReader reader;
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size(); at += cut) {
    feed(reader, std::string_view(text).substr(at, cut));
    for (std::string_view line; reader.next(line);) lines.emplace_back(line);
  }
  return lines;
}

}  // namespace

TEST_CASE("lines come out whole, however the bytes are cut") {
  const std::string text = "{\"a\":1}\n\n{\"b\":2}\r\n\r\n{\"c\":3}\nrest";
  const std::vector<std::string> expected = {"{\"a\":1}", "{\"b\":2}", "{\"c\":3}"};
  for (std::size_t cut = 1; cut <= text.size(); ++cut) CHECK(lines_of(text, cut) == expected);
}

TEST_CASE("a line longer than the buffer comes out whole") {
  const std::string longest(5 * LineReader::kChunk, 'x');
  const auto lines = lines_of(longest + "\nshort\n", 1000);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == longest);
  CHECK(lines[1] == "short");
}

TEST_CASE("a line past the limit is noticed") {
  LineReader reader(1000);
  feed(reader, std::string(1001, 'x'));
  std::string_view line;
  CHECK_FALSE(reader.next(line));
  CHECK(reader.too_long());
}

TEST_CASE("sequence number and lease stand in front of the message") {
  std::string out;
  append_stamped(out, R"({"type":"heartbeat"})", 12, 7);
  append_stamped(out, R"({"type":"heartbeat"})", 0);
  CHECK(out == "{\"seq\":12,\"lease\":7,\"type\":\"heartbeat\"}\n{\"type\":\"heartbeat\"}\n");
}

TEST_CASE("a timestamp is ISO 8601 in UTC with milliseconds") {
  const auto text = timestamp_now();
  REQUIRE(text.size() == 24);
  CHECK(text[10] == 'T');
  CHECK(text[19] == '.');
  CHECK(text[23] == 'Z');
}
