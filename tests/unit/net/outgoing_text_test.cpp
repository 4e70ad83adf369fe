#include "host/net/outgoing_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <crawlhub/abi/errors.h>

using namespace crawlhub;
using nlohmann::json;

TEST_CASE("a message is one line; the job is left out where there is none") {
  std::string out;
  append_message(out, "job_response", "2026-01-01T00:00:00.000Z", "jobId", "", R"({"jobs":[]})");
  CHECK(out ==
        "{\"type\":\"job_response\",\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"data\":{\"jobs\":[]}}\n");
  out.clear();
  append_message(out, "x", "t", "job_id", "job_1", "{}");
  CHECK(json::parse(out)["job_id"] == "job_1");
}

TEST_CASE("crawlers that count braces see none inside strings, and read the same values") {
  const json data = {{"a{", "x}y{\"{\\"}, {"list", {{"{", 1}}}, {"plain", "z"}};
  std::string out = "before {\"}\" ";
  const std::size_t from = out.size();
  append_message(out, "t", "now", "jobId", "j", data.dump());
  escape_braces_in_strings(out, from);
  CHECK(out.substr(0, from) == "before {\"}\" ");
  const std::string line = out.substr(from);
  CHECK(json::parse(line)["data"] == data);
  int depth = 0, most = 0;
  for (const char c : line) {
    depth += c == '{' ? 1 : c == '}' ? -1 : 0;
    most = std::max(most, depth);
    CHECK(depth >= 0);
  }
  CHECK(depth == 0);
  CHECK(most == 3);
}

TEST_CASE("an ack lists what was refused with code, sentence and whether to send it again") {
  std::string out;
  append_ack(out, "now", 7, {{6, CRAWLHUB_E_STORAGE_FAILED, "disk full"}, {7, CRAWLHUB_E_JOB_ENDED, "over"}});
  const json ack = json::parse(out);
  CHECK(ack["type"] == "ack");
  CHECK(ack["data"]["seq"] == 7);
  CHECK(ack["data"]["rejected"][0] ==
        json({{"seq", 6}, {"code", "storage_failed"}, {"error", "disk full"}, {"retry", true}}));
  CHECK(ack["data"]["rejected"][1]["code"] == "ended");
  CHECK(ack["data"]["rejected"][1]["retry"] == false);
  out.clear();
  append_ack(out, "now", 8, {});
  CHECK_FALSE(json::parse(out)["data"].contains("rejected"));
}

TEST_CASE("an error message has category, severity and code of the catalogue") {
  std::string out;
  append_error(out, "now", CRAWLHUB_E_NOT_HOLDER, "another connection holds job_1", 12);
  CHECK(json::parse(out)["data"] == json({{"category", "job_processing"},
                                          {"severity", "medium"},
                                          {"code", "not_holder"},
                                          {"error", "another connection holds job_1"},
                                          {"seq", 12}}));
}
