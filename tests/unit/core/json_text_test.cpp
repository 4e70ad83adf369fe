#include "host/core/json_text.hpp"

#include <limits>

#include <catch2/catch.hpp>

using crawlhub::append_json_number;
using crawlhub::append_json_string;
using crawlhub::JsonWriter;

namespace {

std::string as_json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

}  // namespace

TEST_CASE("strings are escaped as JSON demands") {
  CHECK(as_json("") == R"("")");
  CHECK(as_json("plain text") == R"("plain text")");
  CHECK(as_json("a\"b\\c") == R"("a\"b\\c")");
  CHECK(as_json("\n\r\t") == R"("\n\r\t")");
  CHECK(as_json(std::string_view("\0\x1f", 2)) == R"("\u0000\u001f")");
  CHECK(as_json("gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80") ==
        "\"gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80\"");
}

TEST_CASE("a byte that needs care is seen wherever it stands in a long text") {
  for (std::size_t at = 0; at < 33; ++at) {
    for (const char c : {'"', '\\', '\n', '\x1f', '\xff', '\x80', ' ', '!', '#', '[', ']', '\x7f'}) {
      std::string text(33, 'a');
      text[at] = c;
      std::string one;
      append_json_string(one, std::string_view(&c, 1));
      CHECK(as_json(text) ==
            '"' + std::string(at, 'a') + one.substr(1, one.size() - 2) + std::string(32 - at, 'a') + '"');
    }
  }
}

TEST_CASE("what is not UTF-8 is replaced, so that the output always is") {
  CHECK(as_json("a\xFFz") == "\"a\xEF\xBF\xBDz\"");
  CHECK(as_json("a\xC3") == "\"a\xEF\xBF\xBD\"");                                // cut short
  CHECK(as_json("\xC0\xAF") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");                  // overlong
  CHECK(as_json("\xED\xA0\x80") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");  // a surrogate
}

TEST_CASE("numbers are exact and never break JSON") {
  std::string out;
  append_json_number(out, std::numeric_limits<std::int64_t>::min());
  out += ' ';
  append_json_number(out, std::numeric_limits<std::uint64_t>::max());
  out += ' ';
  append_json_number(out, 0.1);
  out += ' ';
  append_json_number(out, std::numeric_limits<double>::infinity());
  CHECK(out == "-9223372036854775808 18446744073709551615 0.1 null");
}

TEST_CASE("the writer minds the commas") {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("id", "a").field("n", 3).field("on", true).field("x", 1.5);
  json.key("list").begin_array().value(1).value("two").begin_object().end_object().null().end_array();
  json.raw_field("raw", R"({"k":1})").key("empty").begin_array().end_array().end_object();
  CHECK(out == R"({"id":"a","n":3,"on":true,"x":1.5,"list":[1,"two",{},null],"raw":{"k":1},"empty":[]})");
}
