#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include <crawlhub/client/ack_parser.hpp>

using namespace crawlhub::client;

namespace {

std::vector<std::pair<std::uint64_t, std::string>> rejected_of(const AckView& ack) {
  std::vector<std::pair<std::uint64_t, std::string>> all;
  for_each_rejected(ack, [&](std::uint64_t seq, std::string_view text) { all.emplace_back(seq, text); });
  return all;
}

}  // namespace

TEST_CASE("an ack gives its number") {
  const auto ack =
      parse_ack(R"({"type":"ack","timestamp":"2025-01-01T00:00:00Z","data":{"seq":18446744073709551615}})");
  REQUIRE(ack);
  CHECK(ack->seq == 18446744073709551615u);
  CHECK(ack->rejected.empty());
}

TEST_CASE("the order of members and white space do not matter") {
  const auto ack = parse_ack(
      R"( { "data" : { "rejected" : [ { "code" : "x" , "seq" : 3 } ] , "seq" : 7 } , "type" : "ack" } )");
  REQUIRE(ack);
  CHECK(ack->seq == 7);
  CHECK(rejected_of(*ack).at(0).first == 3);
}

TEST_CASE("refused messages are listed with their text") {
  const std::string one = R"({"seq":4,"code":"unknown_type","error":"a } ] \" , \\","retry":false})";
  const std::string two = R"({"error":"later","retry":true,"seq":9,"more":[{"seq":1},[2]]})";
  const std::string line = R"({"type":"ack","data":{"seq":12,"rejected":[)" + one + "," + two + "]}}";
  const auto ack = parse_ack(line);
  REQUIRE(ack);
  CHECK(ack->seq == 12);
  const std::vector<std::pair<std::uint64_t, std::string>> expected = {{4, one}, {9, two}};
  CHECK(rejected_of(*ack) == expected);
}

TEST_CASE("an empty list of refused messages is none") {
  const auto ack = parse_ack(R"({"type":"ack","data":{"seq":1,"rejected":[]}})");
  REQUIRE(ack);
  CHECK(ack->rejected.empty());
  CHECK(rejected_of(*ack).empty());
}

TEST_CASE("other messages and cut ones are no acks") {
  CHECK_FALSE(parse_ack(R"({"type":"job_response","data":{"jobs":[{"id":"ack"}]}})"));
  CHECK_FALSE(parse_ack(R"({"type":"error","data":{"error":"\"ack\"","seq":1}})"));
  CHECK_FALSE(parse_ack(""));
  const std::string whole = R"({"type":"ack","data":{"seq":12,"rejected":[{"seq":4,"error":"x\"y"}]}})";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO(size);
    CHECK_FALSE(parse_ack(std::string_view(whole).substr(0, size)));
  }
  CHECK(parse_ack(whole));
}
