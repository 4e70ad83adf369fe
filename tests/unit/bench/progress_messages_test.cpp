#include "host/bench/progress_messages.hpp"

#include <set>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "host/bench/verification.hpp"

using namespace crawlhub::bench;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kTime = "2025-01-31T12:34:56.789Z";

std::string text(const ProgressMessages& messages, std::uint64_t seq, const std::string& head,
                 std::size_t index) {
  std::string out;
  messages.append(out, seq, head, index);
  return out;
}

}  // namespace

TEST_CASE("a message says its number, its job and its lease, and is a line of JSON") {
  const std::string head = ProgressMessages::head("job_0123456789", 77);
  const ProgressMessages messages(10, 300, head.size(), kTime);
  const std::string line = text(messages, 123, head, 4);
  REQUIRE(line.back() == '\n');
  REQUIRE(line.find('\n') == line.size() - 1);
  const Json json = Json::parse(line);
  CHECK(json["type"] == "job_progress");
  CHECK(json["seq"] == 123);
  CHECK(json["jobId"] == "job_0123456789");
  CHECK(json["lease"] == 77);
  CHECK(json["timestamp"] == kTime);
  CHECK(json["data"]["stage"] == "fetching");
  CHECK(json["data"]["processed"] == ProgressMessages::processed(4));
  CHECK(json["data"]["resumeState"]["currentPage"] == ProgressMessages::processed(4));
}

TEST_CASE("messages are of the size asked for, and all different") {
  const std::string head = ProgressMessages::head("job_0123456789abcdef", 1);
  const ProgressMessages messages(4096, 300, head.size(), kTime);
  std::set<std::string> all;
  for (std::size_t i = 0; i < messages.count(); ++i) {
    all.insert(text(messages, 1'234'567, head, i));
    CHECK(text(messages, 1'234'567, head, i).size() == 300);
  }
  CHECK(all.size() == 4096);
}

TEST_CASE("a size too small for a message gives the shortest one") {
  const std::string head = ProgressMessages::head("job", 1);
  const ProgressMessages messages(1, 10, head.size(), kTime);
  CHECK(Json::parse(text(messages, 1, head, 0))["data"]["message"] == "");
}

TEST_CASE("numbers of any length are patched in") {
  const ProgressMessages messages(1, 300, 0, kTime);
  const std::string head = ProgressMessages::head("abc", UINT64_MAX);
  const Json json = Json::parse(text(messages, UINT64_MAX, head, 0));
  CHECK(json["seq"] == UINT64_MAX);
  CHECK(json["lease"] == UINT64_MAX);
}

TEST_CASE("a row differs from what was sent last where its resume state or its tracker does") {
  const auto row = [](int page, int processed) {
    return Json{{"id", "j1"},
                {"resumeState", {{"currentPage", page}}},
                {"progress", {{"entities", {{{"total_processed", processed}}}}}}};
  };
  CHECK(difference(row(5, 5), 4).empty());
  CHECK(difference(row(5, 5), 5) == "job j1: /resumeState/currentPage is 5, sent last was 6");
  CHECK(difference(row(5, 6), 4) == "job j1: /progress/entities/0/total_processed is 6, sent last was 5");
  const Json untouched = {
      {"id", "j1"}, {"resumeState", nullptr}, {"progress", {{"entities", Json::array()}}}};
  CHECK(difference(untouched, HeldJob::kNone).empty());
  CHECK(difference(untouched, 0) == "job j1: /resumeState/currentPage is none, sent last was 1");
}
