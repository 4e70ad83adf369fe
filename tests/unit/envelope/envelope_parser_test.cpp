#include "host/envelope/envelope_parser.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "host/core/clock.hpp"
#include "tests/unit/envelope/support.hpp"

namespace crawlhub {
namespace {

std::string why(std::string_view text) {
  return Parsed(text).why();
}
std::string with_data(const std::string& value) {
  return "{\"type\":\"t\",\"data\":{\"k\":" + value + "}}";
}
std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

}  // namespace

TEST_CASE("a whole message is read: envelope and index of data") {
  const std::string data =
      R"({ "stage" : "fetch\u0069ng", "processed":1200,"ok":true,"none":null, "list":[1, {"a":[]}] ,"state":{"p":12}})";
  const Parsed message(
      R"( {"type":"job_progress","timestamp":"2026-11-26T10:00:00.5Z","jobId":"job_1","seq":7,)"
      R"("lease":18446744073709551615,"data":)" +
      data + "} \r");
  REQUIRE(message.why() == "accepted");
  CHECK(view(message->type) == "job_progress");
  CHECK(view(message->job_id) == "job_1");
  CHECK(view(message->timestamp) == "2026-11-26T10:00:00.5Z");
  CHECK(message->time_ns == parse_iso8601("2026-11-26T10:00:00.5Z"));
  CHECK(message->flags == (CRAWLHUB_MESSAGE_SEQ | CRAWLHUB_MESSAGE_LEASE | CRAWLHUB_MESSAGE_TIME));
  CHECK(message->seq == 7);
  CHECK(message->lease == UINT64_MAX);
  CHECK(view(message->data) == data);
  CHECK(message->struct_size == sizeof(crawlhub_message));
  CHECK(message->member_stride == sizeof(crawlhub_member));
  CHECK(message->extra_count == 0);

  struct Expected {
    std::string key, value;
    std::uint32_t kind;
  };
  const std::vector<Expected> members = {
      {"stage", R"("fetch\u0069ng")", CRAWLHUB_JSON_STRING},
      {"processed", "1200", CRAWLHUB_JSON_NUMBER},
      {"ok", "true", CRAWLHUB_JSON_BOOL},
      {"none", "null", CRAWLHUB_JSON_NULL},
      {"list", R"([1, {"a":[]}])", CRAWLHUB_JSON_ARRAY},
      {"state", R"({"p":12})", CRAWLHUB_JSON_OBJECT},
  };
  REQUIRE(message->member_count == members.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    CHECK(view(message.member(i).key) == members[i].key);
    CHECK(view(message.member(i).value) == members[i].value);
    CHECK(message.member(i).kind == members[i].kind);
  }
}

TEST_CASE("what is left out, or null, is absent") {
  for (const char* text :
       {R"({"type":"t"})", R"({"type":"t","timestamp":null,"jobId":null,"seq":null,"lease":null,)"
                           R"("data":null})"}) {
    const Parsed message(text);
    REQUIRE(message.why() == "accepted");
    CHECK(message->job_id.len == 0);
    CHECK(message->timestamp.len == 0);
    CHECK(view(message->data) == "{}");
    CHECK(message->member_count == 0);
    CHECK(message->extra_count == 0);
  }
  CHECK(Parsed(R"({"type":"t"})")->flags == 0);
}

TEST_CASE("members of the envelope that it does not know are indexed, not refused") {
  const Parsed message(R"({"job_id":"j1","type":"t","x":null,"data":{"type":1,"type":2}})");
  REQUIRE(message.why() == "accepted");
  REQUIRE(message->extra_count == 2);
  CHECK(view(message.extra(0).key) == "job_id");
  CHECK(view(message.extra(0).value) == "\"j1\"");
  CHECK(message.extra(1).kind == CRAWLHUB_JSON_NULL);
  CHECK(message->member_count == 2);  // a repeated key in data is the validation's to refuse
}

TEST_CASE("keys and the envelope's strings are compared and yielded without escapes") {
  const Parsed message(
      R"({"t\u0079pe":"a\"\\\/\b\f\n\r\t\u00e9\u20ac\ud83d\ude00z","job\u0049d":"j","data":{"\u006b":1}})");
  REQUIRE(message.why() == "accepted");
  CHECK(view(message->type) == "a\"\\/\b\f\n\r\t\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z");
  CHECK(view(message->job_id) == "j");
  CHECK(view(message.member(0).key) == "k");
  CHECK(why(R"({"type":"a","t\u0079pe":"b"})") == "at byte 12: repeated key \"type\"");
}

TEST_CASE("a repeated key of the envelope is refused, known or not") {
  CHECK(why(R"({"type":"a","seq":1,"seq":2})") == "at byte 20: repeated key \"seq\"");
  CHECK(why(R"({"type":"a","x":1,"y":2,"x":3})") == "at byte 28: repeated key \"x\"");
  CHECK(why(R"({"type":"a","data":null,"data":{}})") == "at byte 24: repeated key \"data\"");
  std::string many = "{\"type\":\"a\"";
  for (int i = 0; i < 5000; ++i) many += ",\"x" + std::to_string(i) + "\":0";
  CHECK(why(many + "}") == "accepted");
  CHECK(Parsed(many + "}")->extra_count == 5000);
  CHECK(why(many + ",\"x77\":1}") == "at byte " + std::to_string(many.size() + 7) + ": repeated key \"x77\"");
}

TEST_CASE("the envelope's own fields have their types") {
  CHECK(why("{}") == "at byte 1: no \"type\"");
  CHECK(why(R"({"type":null})") == "at byte 8: \"type\" must be a string");
  CHECK(why(R"({"type":1})") == "at byte 8: \"type\" must be a string");
  CHECK(why(R"({"type":"t","jobId":5})") == "at byte 20: \"jobId\" must be a string");
  CHECK(why(R"({"type":"t","data":[]})") == "at byte 19: \"data\" must be an object");
  for (const char* number : {"-1", "-0", "1.0", "1e3", "18446744073709551616", "\"1\"", "true", "{}"}) {
    const std::string rule = " must be a whole number from 0 to 2^64-1";
    CHECK(why("{\"type\":\"t\",\"seq\":" + std::string(number) + "}") == "at byte 18: \"seq\"" + rule);
    CHECK(why("{\"type\":\"t\",\"lease\":" + std::string(number) + "}") == "at byte 20: \"lease\"" + rule);
  }
  CHECK(Parsed("{}").error().code == CRAWLHUB_E_NO_TYPE);
  CHECK(Parsed(R"({"type":"t","data":1})").error().code == CRAWLHUB_E_BAD_ENVELOPE);
  CHECK(Parsed(R"({"type":"t",})").error().code == CRAWLHUB_E_NOT_JSON);
}

TEST_CASE("an unreadable timestamp is kept and marked, not refused") {
  for (const char* time : {"\"yesterday\"", "12345", "\"\"", "{\"a\":1}"}) {
    const Parsed message("{\"type\":\"t\",\"timestamp\":" + std::string(time) + "}");
    REQUIRE(message.why() == "accepted");
    CHECK((message->flags & CRAWLHUB_MESSAGE_TIME) == 0);
  }
  CHECK(view(Parsed(R"({"type":"t","timestamp":12345})")->timestamp) == "12345");
}

TEST_CASE("what is not JSON is refused with the place and the reason") {
  CHECK(why("") == "at byte 0: expected JSON, found nothing");
  CHECK(why("hello") == "at byte 0: expected a JSON object");
  CHECK(why("[1]") == "at byte 0: expected a JSON object");
  CHECK(why(R"({"type" "t"})") == "at byte 8: expected ':' after the key");
  CHECK(why(R"({"type":"t" "a":1})") == "at byte 12: expected ',' or '}' after the value");
  CHECK(why(R"({"type":"t",})") == "at byte 12: expected a key in double quotes");
  CHECK(why(R"({type:"t"})") == "at byte 1: expected a key in double quotes");
  CHECK(why(R"({"type":"t","a":[1 2]})") == "at byte 19: expected ',' or ']' after the element");
  CHECK(why(R"({"type":"t","a":[1,]})") == "at byte 19: expected a value");
  CHECK(why(R"({"type":"t","a":tru})") == "at byte 16: expected a value");
  CHECK(why(R"({"type":"t")") == "at byte 11: expected ',' or '}' after the value, but the text ends here");
  CHECK(why(R"({"type":)") == "at byte 8: expected a value, but the text ends here");
  CHECK(why(R"({"type":"t","a":{"b":1})") ==
        "at byte 23: expected ',' or '}' after the value, but the text ends here");
  CHECK(why(R"({"type":"t)") == "at byte 8: this string never ends");
  CHECK(why("{\"type\":\"t\xFF\"}") == "at byte 10: this byte is not UTF-8");
  CHECK(why("{\"type\":\"\xC3\xA9\xED\xA0\x80\"}") == "at byte 11: this byte is not UTF-8");
  CHECK(why("{\"type\":\"a\tb\"}") == "at byte 10: a control character in a string must be escaped");
  CHECK(why(std::string("{\"type\":\"a\0b\"}", 14)) ==
        "at byte 10: a control character in a string must be escaped");
  CHECK_FALSE(Parsed(std::string("{\"type\":\"a\"}\0", 13)).ok());
  CHECK_FALSE(Parsed(std::string("{\"type\":\0\"a\"}", 13)).ok());
  CHECK_FALSE(Parsed("{\"type\":\"a\"}\xEF\xBB\xBF").ok());
}

TEST_CASE("every escape is checked, in keys and in what nobody reads") {
  for (const char* bad : {R"(\x)", R"(\u12)", R"(\u12G4)", R"(\ud800)", R"(\ud800\u0041)", R"(\udc00)",
                          R"(\u-123)", R"(\U0041)", R"(\ud83d\ud83d)", R"(\')"}) {
    const std::string text = bad;
    CHECK(why(with_data("\"ab" + text + "\"")) == "at byte 27: a bad escape");
    CHECK(why(with_data("[{\"ab" + text + "\":1}]")) == "at byte 29: a bad escape");
    CHECK(why("{\"type\":\"t\",\"" + text + "\":0}") == "at byte 13: a bad escape");
  }
  CHECK(why(with_data(R"("\ud83d\ude00 \u0000 \\u12")")) == "accepted");
}

TEST_CASE("every number is checked, and must be one that a double holds") {
  for (const std::string good :
       {"0", "-0", "1", "-12.5e+3", "1E-2", "0.0001", "1e308", "1e-999", "0e999", "0.0e99999999999",
        "123456789012345678901234567890", "1.7976931348623157e308"}) {
    CHECK(why(with_data(good)) == "accepted");
  }
  for (const std::string bad : {"01",
                                "-",
                                "+1",
                                "1.",
                                ".5",
                                "1e",
                                "1e+",
                                "1.5.5",
                                "0x10",
                                "1a",
                                "--1",
                                "NaN",
                                "Infinity",
                                "-Infinity",
                                "1_000",
                                "1\"a\"",
                                "1e999",
                                "-1e999",
                                "1e99999999999999999999",
                                "1.7976931348623159e308",
                                "9e308"}) {
    CHECK_FALSE(Parsed(with_data(bad)).ok());
    CHECK_FALSE(Parsed(with_data("[" + bad + "]")).ok());
  }
  CHECK(why(with_data(std::string(308, '9'))) == "accepted");
  CHECK(why(with_data(std::string(310, '9'))) == "at byte 24: a bad number");
  CHECK(why(with_data("0." + std::string(400, '0') + "1e400")) == "accepted");
  CHECK(why(with_data("0." + std::string(100, '0') + "1e500")) == "at byte 24: a bad number");
}

TEST_CASE("values nest to a depth of 64, the envelope included") {
  CHECK(why("{\"type\":\"t\",\"x\":" + nested(63) + "}") == "accepted");
  CHECK(Parsed("{\"type\":\"t\",\"x\":" + nested(64) + "}").error().code == CRAWLHUB_E_TOO_DEEP);
  CHECK(why(with_data(nested(62))) == "accepted");
  CHECK(why(with_data(nested(63))) == "at byte 86: nested deeper than 64 levels");
  std::string objects;
  for (int i = 0; i < 100000; ++i) objects += "{\"a\":";
  CHECK(Parsed(with_data(objects)).error().code == CRAWLHUB_E_TOO_DEEP);
}

TEST_CASE("text after the object is refused, and where it begins is told") {
  const Parsed message(R"({"type":"a"} {"type":"b"})");
  CHECK(message.why() == "at byte 13: text after the end");
  CHECK(message.error().leftover == 13);
  CHECK(Parsed(R"({"type":"a"}})").error().leftover == 12);
  CHECK(Parsed(R"({"type":"a",})").error().leftover == ParseError::kNone);
  CHECK(Parsed("{\"type\":\"a\"} \r\n\t ").ok());
}

TEST_CASE("a parser goes on as before after errors and after a huge message") {
  EnvelopeParser parser;
  crawlhub_message message{};
  std::string huge = "{\"type\":\"t\\n\",\"data\":{\"k\":0";
  for (int i = 0; i < 200000; ++i) huge += ",\"key_" + std::to_string(i) + "\\u0041\":[\"\\\"\",1]";
  const Buffer large(huge + "}}");
  const Buffer bad("{\"type\":");
  const Buffer small(R"({"type":"t\n","data":{"\u0061":1}})");
  for (int round = 0; round < 3; ++round) {
    REQUIRE(parser.parse(large.text(), message));
    CHECK(message.member_count == 200001);
    CHECK(view(message.members[200000].key) == "key_199999A");
    CHECK_FALSE(parser.parse(bad.text(), message));
    REQUIRE(parser.parse(small.text(), message));
    CHECK(view(message.type) == "t\n");
    REQUIRE(message.member_count == 1);
    CHECK(view(message.members[0].key) == "a");
  }
}

TEST_CASE("64 readable bytes follow every text that is yielded") {
  // Read as a SIMD parser reads; the sanitizers object where the bytes are not ours.
  std::size_t sum = 0;
  const auto touch = [&sum](crawlhub_str text) {
    for (std::size_t at = 0; at < text.len + kTextPadding; ++at)
      sum += static_cast<unsigned char>(text.ptr[at]);
  };
  for (const char* text :
       {R"({"type":"a","data":{"b":1}})",
        R"({"typ\u0065":"\u0061","jobId":"\n","dat\u0061":{"\u0062":"\t"}})", R"({"type":"a"})"}) {
    const Parsed message(text);
    REQUIRE(message.ok());
    for (const crawlhub_str each : {message->text, message->type, message->data}) touch(each);
    for (std::size_t i = 0; i < message->member_count; ++i) {
      touch(message.member(i).key);
      touch(message.member(i).value);
    }
  }
  CHECK(sum > 0);
}

TEST_CASE("a value to be sent is one JSON value in one line") {
  EnvelopeParser parser;
  const auto check = [&parser](std::string_view json) {
    return parser.check_value(json) ? std::string("accepted") : parser.error().text();
  };
  for (const char* good : {"{}", "{\"jobs\":[]}", "1", "\"x\"", "null", " [1, 2] "})
    CHECK(check(good) == "accepted");
  CHECK(check("{\"a\":1\n}") == "at byte 6: a raw newline; a message is one line");
  CHECK(check("{} {}") == "at byte 3: text after the end");
  CHECK(check("{\"a\":}") == "at byte 5: expected a value");
  CHECK(check("") == "at byte 0: expected JSON, found nothing");
}

}  // namespace crawlhub
