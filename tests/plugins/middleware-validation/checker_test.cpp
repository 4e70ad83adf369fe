#include "plugins/middleware-validation/checker.hpp"

#include <catch2/catch.hpp>

#include "tests/plugins/support/message.hpp"

using namespace crawlhub;
using crawlhub::validation::Checker;
using crawlhub::validation::Refusal;

namespace {

struct Judgement {
  std::int32_t code = 0;
  std::string text;
};

Judgement judge(const std::string& text, std::uint32_t flags = 0) {
  static const Checker checker({"project", "group", "issue", "areas"});
  test::TestMessage message(text, flags);
  Refusal refusal;
  if (checker.check(message.raw(), refusal)) return {};
  return {refusal.code, refusal.text};
}

Judgement judge_data(const std::string& type, const std::string& data, std::uint32_t flags = 0) {
  return judge(R"({"type":")" + type + R"(","jobId":"job-1","data":)" + data + "}", flags);
}

const std::string kProgress = R"("stage":"fetching","entityType":"issue","processed":3)";

}  // namespace

TEST_CASE("messages that keep the rules pass, unknown fields and all") {
  CHECK(judge_data("job_progress",
                   "{" + kProgress + R"(,"total":10,"message":"m","resumeState":{"currentPage":2,
    "lastEntityId":"x","entityType":"issue","more":[1]},"itemCounts":{"a":1,"b":2.5},"currentPage":2,"items":5,
    "processingRate":1.5,"estimatedTimeRemaining":3,"invented":{"x":[1,2]},"another":null})")
            .code == 0);
  CHECK(judge_data("heartbeat",
                   R"({"activeJobs":0,"totalProcessed":0,"systemStatus":"idle","memoryUsage":[1]})")
            .code == 0);
  CHECK(judge_data("job_request", "{}").code == 0);
  CHECK(judge_data("job_started", R"({"entityType":"anything","entityId":"g/p"})").code == 0);
  CHECK(judge_data("job_completed", R"({"success":true,"finalCounts":{},"outputFiles":["a"]})").code == 0);
  CHECK(judge_data("job_failed", R"({"error":"e","isRecoverable":false,"stackTrace":"s","retryCount":1})")
            .code == 0);
  CHECK(judge_data("jobs_discovered", R"({"discovered_jobs":[1,2]})").code == 0);
  CHECK(judge_data("discovery", R"({"entityType":"group","entities":[]})").code == 0);
  CHECK(judge_data("token_refresh_request", R"({"current_token_expired":true})").code == 0);
}

TEST_CASE("types without a rule are left to the host") {
  CHECK(judge(R"({"type":"weather","data":{"a":1}})").code == 0);
  CHECK(judge(R"({"type":"job_response","data":{"jobs":1}})").code == 0);
}

TEST_CASE("a refusal names the field, the rule and what stood there") {
  const auto check = [](const Judgement& judgement, std::int32_t code, const std::string& text) {
    CHECK(judgement.code == code);
    CHECK(judgement.text == text);
  };
  check(judge_data("job_progress", R"({"stage":"fetching","entityType":"issue","processed":"12"})"),
        CRAWLHUB_E_INVALID_FIELD, R"(data.processed: expected a number >= 0, got a string "12")");
  check(judge_data("job_progress", R"({"stage":"fetching","entityType":"issue","processed":-1})"),
        CRAWLHUB_E_INVALID_FIELD, "data.processed: expected a number >= 0, got a number -1");
  check(judge_data("job_progress", R"({"stage":"running","entityType":"issue","processed":1})"),
        CRAWLHUB_E_INVALID_FIELD,
        R"(data.stage: expected one of discovering, fetching, completed, failed, got a string "running")");
  check(judge_data("job_progress", R"({"stage":"fetching","entityType":"star","processed":1})"),
        CRAWLHUB_E_INVALID_FIELD,
        R"(data.entityType: expected one of project, group, issue, areas, got a string "star")");
  check(judge_data("job_progress", "{" + kProgress + R"(,"resumeState":{"currentPage":"2"}})"),
        CRAWLHUB_E_INVALID_FIELD, R"(data.resumeState.currentPage: expected a number, got a string "2")");
  check(judge_data("job_progress", "{" + kProgress + R"(,"itemCounts":{"a":1,"b":"x"}})"),
        CRAWLHUB_E_INVALID_FIELD, R"(data.itemCounts.b: expected a number, got a string "x")");
  check(judge_data("job_completed", R"({"success":true,"finalCounts":{},"outputFiles":["a",2]})"),
        CRAWLHUB_E_INVALID_FIELD, "data.outputFiles[1]: expected a string, got a number 2");
  check(judge_data("job_completed", R"({"success":true})"), CRAWLHUB_E_MISSING_FIELD,
        "data.finalCounts: expected an object of numbers, but it is missing");
  check(judge_data("job_failed", R"({"error":null,"isRecoverable":true})"), CRAWLHUB_E_MISSING_FIELD,
        "data.error: expected a string, but it is missing");
  check(judge_data("jobs_discovered", R"({"discovered_jobs":{}})"), CRAWLHUB_E_INVALID_FIELD,
        "data.discovered_jobs: expected a list, got an object");
}

TEST_CASE("the id of a job is demanded where a job is spoken of, and has its own syntax") {
  for (const char* type : {"job_started", "job_progress", "job_completed", "job_failed", "jobs_discovered",
                           "token_refresh_request"}) {
    const auto judgement = judge(std::string(R"({"type":")") + type + R"(","data":{}})");
    CHECK(judgement.code == CRAWLHUB_E_MISSING_FIELD);
    CHECK(judgement.text ==
          std::string("jobId: expected the id of a job on a ") + type + ", but it is missing");
  }
  CHECK(judge(R"({"type":"job_request"})").code == 0);
  CHECK(judge(R"({"type":"job_request","jobId":"a b"})").text ==
        R"(jobId: expected 3 to 100 of A-Z a-z 0-9 _ -, got "a b")");
  CHECK_FALSE(validation::is_job_id("ab"));
  CHECK(validation::is_job_id("abc"));
  CHECK(validation::is_job_id(std::string(100, 'x')));
  CHECK_FALSE(validation::is_job_id(std::string(101, 'x')));
  CHECK_FALSE(validation::is_job_id("job\xC3\xA9"));
}

TEST_CASE("a field that stands twice is refused, known or not, few or many") {
  CHECK(judge_data("job_progress", "{" + kProgress + R"(,"processed":4})").text ==
        "data.processed: expected once, but it stands twice");
  CHECK(judge_data("job_request", R"({"x":1,"x":2})").code == CRAWLHUB_E_REPEATED_FIELD);
  std::string many = "{";
  for (int i = 0; i < 500; ++i) many += "\"k" + std::to_string(i) + "\":1,";
  CHECK(judge_data("job_request", many + R"("z":1})").code == 0);
  CHECK(judge_data("job_request", many + R"("k3":1})").text == "data.k3: expected once, but it stands twice");
  CHECK(judge_data("job_request", many + R"("k499":1})").text ==
        "data.k499: expected once, but it stands twice");
}

TEST_CASE("a null optional field counts as absent") {
  CHECK(judge_data("job_progress", "{" + kProgress + R"(,"total":null,"resumeState":null})").code == 0);
}

TEST_CASE("in the older dialect entity names are free and the lists are judged") {
  const auto older = [](const std::string& data) {
    return judge(R"({"type":"job_progress","jobId":"job-1","dialect":"older","data":)" + data + "}");
  };
  CHECK(
      older(
          R"({"stage":"fetching","entityType":"issues","processed":1,"progress":[{"entity_type":"issues","total_processed":1}]})")
          .code == 0);
  CHECK(
      older(
          R"({"stage":"fetching","processed":1,"progress":[{"entity_type":"a"},{"entity_type":"b","total_processed":"1"}]})")
          .text == R"(data.progress[1].total_processed: expected a number >= 0, got a string "1")");
  CHECK(judge_data("job_progress", "{" + kProgress + R"(,"progress":[1]})").code == 0);
}

TEST_CASE("fields of the extensions are judged only where the crawler said hello") {
  const std::string data = R"({"limit":"many"})";
  CHECK(judge_data("job_request", data).code == 0);
  CHECK(judge_data("job_request", data, CRAWLHUB_CONNECTION_HELLO).text ==
        R"(data.limit: expected a number >= 0, got a string "many")");
}
