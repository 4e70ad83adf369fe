#include "host/config/words.hpp"

#include <catch2/catch.hpp>

using crawlhub::join_words;
using crawlhub::nearest_word;
using crawlhub::split_words;

TEST_CASE("the nearest word is what was meant, or none") {
  const std::vector<std::string_view> known = {"interval", "timeout", "check", "message_size", "tcp"};
  CHECK(nearest_word("intervall", known) == "interval");
  CHECK(nearest_word("tmieout", known) == "timeout");
  CHECK(nearest_word("messageSize", known) == "message_size");
  CHECK(nearest_word("message-size", known) == "message_size");
  CHECK(nearest_word("MESSAGE_SIZE", known) == "message_size");
  CHECK(nearest_word("frobnicate", known).empty());
  CHECK(nearest_word("x", known).empty());
  CHECK(nearest_word(std::string(100'000, 'a'), known).empty());
}

TEST_CASE("lists of words") {
  CHECK(split_words("a b c").size() == 3);
  CHECK(split_words("").empty());
  CHECK(join_words({}).empty());
  CHECK(join_words({"a"}) == "a");
  CHECK(join_words({"a", "b"}) == "a or b");
  CHECK(join_words({"a", "b", "c"}) == "a, b or c");
}
