#include <limits>
#include <optional>
#include <string>

#include <catch2/catch.hpp>

#include <crawlhub/json_index.hpp>
#include <crawlhub/json_text.hpp>

namespace crawlhub {
namespace {

TEST_CASE("a member is read as what it is, and as nothing else") {
  JsonIndex json(R"( { "s" : "plain", "n":-2.5e1 ,"i":9007199254740993,"yes":true,"no":false,
                     "null":null,"list":[1,"]",{"a":"}"}], "object":{"x":{"y":[]}}, "empty":"" } )");
  CHECK(json.members().size() == 9);
  CHECK(json.find("s").string() == "plain");
  CHECK(json.find("n").number() == -25.0);
  CHECK(json.find("n").integer() == -25);
  CHECK(json.find("i").integer() == 9007199254740993);
  CHECK(json.find("yes").boolean() == true);
  CHECK(json.find("no").boolean() == false);
  CHECK(json.find("list").raw() == R"([1,"]",{"a":"}"}])");
  CHECK(json.find("object").is(CRAWLHUB_JSON_OBJECT));
  CHECK(json.find("empty").string() == "");

  CHECK_FALSE(json.find("s").number());
  CHECK_FALSE(json.find("n").string());
  CHECK_FALSE(json.find("yes").integer());
}

TEST_CASE("null and absent are the same") {
  JsonIndex json(R"({"null":null})");
  for (const Member member : {json.find("null"), json.find("absent"), Member()}) {
    CHECK_FALSE(member.present());
    CHECK_FALSE(member.string());
    CHECK_FALSE(member.number());
    CHECK_FALSE(member.boolean());
    CHECK(member.raw().empty());
  }
}

TEST_CASE("an integer is whole and within 64 bits") {
  JsonIndex json(R"([3.0, 3e2, 3.5, 1e300, -9223372036854775808, 9223372036854775808])");
  CHECK(json.members()[0].integer() == 3);
  CHECK(json.members()[1].integer() == 300);
  CHECK_FALSE(json.members()[2].integer());
  CHECK_FALSE(json.members()[3].integer());
  CHECK(json.members()[4].integer() == std::numeric_limits<std::int64_t>::min());
  CHECK_FALSE(json.members()[5].integer());
}

TEST_CASE("escapes are taken off strings and keys, and only they cost a copy") {
  const std::string text = R"({"a\u0062":"\"\\\/\b\f\n\r\t\u00e4\u20ac\ud83d\ude00\ud83d!","plain":"x"})";
  JsonIndex json(text);
  std::string scratch = "untouched";
  const auto plain = json.find("plain").string(scratch);
  CHECK(scratch == "untouched");
  CHECK(plain->data() >= text.data());
  CHECK(plain->data() < text.data() + text.size());
  CHECK(json.find("ab").string(scratch) ==
        "\"\\/\b\f\n\r\t\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\xEF\xBF\xBD!");
}

TEST_CASE("what is cut short or no container has no children") {
  JsonIndex json;
  for (const char* text :
       {"", "1", "\"x\"", "{", "[", "{\"a\"", "{\"a\":", "{\"a\":1", "[1,", "[\"x", "{\"a\":\"\\"}) {
    CAPTURE(text);
    CHECK_FALSE(json.read(text));
    CHECK(json.members().empty());
  }
  CHECK(json.read("[]"));
  CHECK(json.read("{}"));
}

TEST_CASE("written JSON has its commas where they belong") {
  JsonText json;
  json.begin_object().field("a", 1).field("b", "x\"y\n\x01").key("list").begin_array();
  json.value(true)
      .value(2.5)
      .null()
      .value(std::numeric_limits<double>::infinity())
      .begin_object()
      .end_object();
  json.end_array().raw_field("raw", "[]").field("big", std::uint64_t{18446744073709551615u}).end_object();
  CHECK(json.view() ==
        R"({"a":1,"b":"x\"y\n\u0001","list":[true,2.5,null,null,{}],"raw":[],"big":18446744073709551615})");
  CHECK(json.clear().value("again").view() == "\"again\"");
}

TEST_CASE("text that is not UTF-8 is made so") {
  std::string out;
  append_quoted(out, "ok \xC3\xA4 \xFF \xC0\x80 \xED\xA0\x80 \xE2\x82");
  CHECK(out.find('\xFF') == std::string::npos);
  CHECK(out.substr(0, 8) == "\"ok \xC3\xA4 \xEF");
}

}  // namespace
}  // namespace crawlhub
