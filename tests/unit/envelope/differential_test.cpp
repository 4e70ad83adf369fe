// What the strict pass accepts, nlohmann/json accepts, and the other way round; but for the rules of the
// protocol that are stricter, which are restated here over nlohmann's tree.
#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/unit/envelope/support.hpp"

namespace crawlhub {
namespace {

using nlohmann::json;

const std::vector<std::string>& corpus() {
  static const std::vector<std::string> texts = {
      R"({"type":"job_progress","timestamp":"2026-11-26T10:00:00.000Z","jobId":"job_1","seq":12,"data":{"stage":"fetching","total":5000,"resumeState":{"lastEntityId":"01","currentPage":12}}})",
      R"({"type":"heartbeat","data":{"activeJobs":0,"memoryUsage":{"rss":1.5e8},"ok":[true,false,null]}})",
      R"({"type":"x","lease":3,"a":[[],{},[[{}]],""],"b":"\u00e9\ud83d\ude00\n\\\"","data":null})",
      R"( { "type" : "y" , "data" : { "n" : [ -0 , 0.5 , 1e10 , -1E-7, 12345678901234567890 ] } } )",
      "{\"type\":\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\",\"jobId\":null,\"data\":{\"\xC3\xA9\":\"\x7F\"}}",
      R"({"jobId":"a","type":"t","seq":0,"x":1,"y":2,"data":{}})",
  };
  return texts;
}

std::string mutated(std::mt19937& random, std::string text) {
  static constexpr std::string_view kBytes =
      "{}[]:,\"\\ \t\n\r0123456789.eE+-truefalsn/ubd8c\xC3\xA9\xF0\x9F\xED\xA0\xFF\x01\x7F";
  const auto byte = [&] { return kBytes[random() % kBytes.size()]; };
  for (auto changes = 1 + random() % 3; changes > 0; --changes) {
    const std::size_t at = text.empty() ? 0 : random() % text.size();
    switch (random() % 6) {
      case 0:
        text.insert(at, 1, byte());
        break;
      case 1:
        text.erase(at, 1);
        break;
      case 2:
        text.erase(at, random() % 8);
        break;
      case 3:
        text.insert(at, text.substr(random() % (text.size() + 1), random() % 12));
        break;
      case 4:
        text.resize(at);
        break;
      default:
        if (!text.empty()) text[at] = byte();
    }
  }
  return text;
}

// Where nlohmann is more lenient: it skips a byte order mark, and takes a NUL for the end.
bool comparable(const std::string& text) {
  return text.find('\0') == std::string::npos && text.rfind("\xEF\xBB", 0) != 0 && text.rfind("\xEF", 0) != 0;
}

struct Tree {
  json root;
  bool repeated_in_envelope = false;
  bool repeated_in_data = false;
};

Tree parse_tree(const std::string& text) {
  Tree tree;
  std::multiset<std::string> envelope, data;
  std::string last;
  tree.root = json::parse(text, [&](int depth, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::key && depth == 1) {
      last = parsed.get<std::string>();
      envelope.insert(last);
    }
    if (event == json::parse_event_t::key && depth == 2 && last == "data")
      data.insert(parsed.get<std::string>());
    return true;
  });
  const auto repeats = [](const auto& keys) {
    return std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return keys.count(key) > 1; });
  };
  tree.repeated_in_envelope = repeats(envelope);
  tree.repeated_in_data = repeats(data);
  return tree;
}

bool is_absent(const json& root, const char* key) {
  return !root.contains(key) || root[key].is_null();
}

bool is_message(const Tree& tree) {
  const json& root = tree.root;
  if (!root.is_object() || tree.repeated_in_envelope) return false;
  if (!root.contains("type") || !root["type"].is_string()) return false;
  if (!is_absent(root, "jobId") && !root["jobId"].is_string()) return false;
  if (!is_absent(root, "data") && !root["data"].is_object()) return false;
  const auto is_count = [&](const char* key) {
    return is_absent(root, key) || root[key].is_number_unsigned();
  };
  return is_count("seq") && is_count("lease");
}

void compare(const Tree& tree, const Parsed& message) {
  const json& root = tree.root;
  CHECK(view(message->type) == root["type"].get<std::string>());
  if (!is_absent(root, "jobId")) CHECK(view(message->job_id) == root["jobId"].get<std::string>());
  if (!is_absent(root, "seq")) CHECK(message->seq == root["seq"].get<std::uint64_t>());
  const json data = is_absent(root, "data") ? json::object() : root["data"];
  CHECK(json::parse(view(message->data)) == data);
  if (tree.repeated_in_data) return;
  REQUIRE(message->member_count == data.size());
  for (std::size_t i = 0; i < message->member_count; ++i) {
    const std::string key(view(message.member(i).key));
    REQUIRE(data.contains(key));
    CHECK(json::parse(view(message.member(i).value)) == data[key]);
  }
}

}  // namespace

TEST_CASE("the strict pass and nlohmann agree on a corpus and its mutations") {
  std::mt19937 random(20261126);  // NOLINT: the same run each time
  EnvelopeParser parser;
  int accepted = 0;
  for (int round = 0; round < 60000; ++round) {
    const std::string& original = corpus()[random() % corpus().size()];
    const std::string text = round < 100 ? original : mutated(random, original);
    if (!comparable(text)) continue;
    CAPTURE(round, text);
    const Buffer buffer(text, "}],\":0 \n"[random() % 8]);
    const bool valid = json::accept(text);
    REQUIRE((parser.check_value(buffer.text()) ||
             parser.error().reason.find("raw newline") != std::string::npos) == valid);
    const Parsed message(text);
    if (!valid) {
      REQUIRE_FALSE(message.ok());
      REQUIRE(message.error().offset <= text.size());
      continue;
    }
    const Tree tree = parse_tree(text);
    CAPTURE(message.why());
    REQUIRE(message.ok() == is_message(tree));
    if (!message.ok()) continue;
    ++accepted;
    compare(tree, message);
  }
  CHECK(accepted > 1000);
}

TEST_CASE("the first bytes of a message are never a message") {
  for (const std::string& text : corpus()) {
    const std::size_t last = text.rfind('}');
    for (std::size_t size = 0; size <= last; ++size) {
      for (const char filling : {'}', '"', ',', ']', ' ', '1'}) {
        EnvelopeParser parser;
        crawlhub_message message{};
        const Buffer buffer(text.substr(0, size), filling);
        REQUIRE_FALSE(parser.parse(buffer.text(), message));
      }
    }
  }
}

}  // namespace crawlhub
