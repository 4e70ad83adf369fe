#include "plugins/middleware-compatibility/translator.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/plugins/support/message.hpp"

using namespace crawlhub;
using nlohmann::json;

namespace {

// The message after translation; null where there was nothing to translate.
json translated(const std::string& text) {
  static const compatibility::Translator translator;
  test::TestMessage message(text);
  const auto spelling = translator.spelling(message.raw());
  if (spelling == 0) return nullptr;
  JsonText out;
  translator.translate(message.raw(), spelling, out);
  return json::parse(out.view());
}

json translated_data(const std::string& type, const json& data) {
  const json message = {
      {"type", type}, {"timestamp", "2025-01-01T00:00:00Z"}, {"job_id", "job-1"}, {"data", data}};
  const json out = translated(message.dump());
  CHECK(out.at("jobId") == "job-1");
  CHECK_FALSE(out.contains("job_id"));
  CHECK(out.at("dialect") == "older");
  return out.at("data");
}

}  // namespace

TEST_CASE("a message that is newer throughout is left alone") {
  CHECK(
      translated(
          R"({"type":"job_progress","jobId":"job-1","data":{"stage":"fetching","entityType":"issue","processed":1,"progress":0.5}})") ==
      nullptr);
  CHECK(translated(
            R"({"type":"heartbeat","data":{"activeJobs":0,"totalProcessed":0,"systemStatus":"idle"}})") ==
        nullptr);
  CHECK(translated(
            R"({"type":"token_refresh_request","jobId":"job-1","data":{"current_token_expired":true}})") ==
        nullptr);
}

TEST_CASE("job_id alone is renamed, and the data is kept as it is") {
  const auto out =
      translated(R"({"type":"token_refresh_request","job_id":"job-1","seq":7,"x":[1],"data":{"a":{"b":1}}})");
  CHECK(out ==
        json::parse(
            R"({"type":"token_refresh_request","jobId":"job-1","seq":7,"x":[1],"data":{"a":{"b":1}}})"));
}

TEST_CASE("heartbeat: crawling is processing") {
  CHECK(translated_data("heartbeat",
                        {{"active_jobs", 2}, {"last_activity", "t"}, {"system_status", "crawling"}}) ==
        json{{"activeJobs", 2}, {"last_activity", "t"}, {"systemStatus", "processing"}});
  CHECK(translated_data("heartbeat", {{"system_status", "idle"}}).at("systemStatus") == "idle");
}

TEST_CASE("job_started: entity type and path, the job type where there is no entity type") {
  const auto data = translated_data("job_started", {{"job_type", "crawl_group"}, {"namespace_path", "a/b"}});
  CHECK(data.at("entityType") == "crawl_group");
  CHECK(data.at("entityId") == "a/b");
  CHECK(translated_data("job_started", {{"job_type", "x"}, {"entity_type", "issues"}}).at("entityType") ==
        "issues");
}

TEST_CASE("job_progress: sums over its entities, which stay") {
  const json entities = {{{"entity_type", "issues"}, {"total_discovered", 10}, {"total_processed", 10}},
                         {{"entity_type", "commits"}, {"total_discovered", 30}, {"total_processed", 5}},
                         {{"entity_type", "users"}, {"total_discovered", 4}, {"total_processed", 0}}};
  const auto data = translated_data("job_progress", {{"progress", entities},
                                                     {"overall_completion", 0.3},
                                                     {"time_elapsed", 1000},
                                                     {"estimated_time_remaining", 2500}});
  CHECK(data.at("stage") == "fetching");
  CHECK(data.at("processed") == 15);
  CHECK(data.at("total") == 44);
  CHECK(data.at("entityType") == "commits");
  CHECK(data.at("progress") == entities);
  CHECK(data.at("estimatedTimeRemaining") == 2.5);
  CHECK(data.at("overall_completion") == 0.3);
  CHECK_FALSE(data.contains("estimated_time_remaining"));
}

TEST_CASE("job_completed: success, counts by type, files and summary") {
  const json counts = {{{"entity_type", "issues"}, {"total_discovered", 9}, {"total_processed", 7}},
                       {{"entity_type", "issues"}, {"total_processed", 1}},
                       {{"entity_type", "commits"}, {"total_processed", 2}}};
  const auto data = translated_data("job_completed", {{"job_type", "x"},
                                                      {"final_counts", counts},
                                                      {"total_duration", 5},
                                                      {"output_files", {"a", "b"}},
                                                      {"summary", "done"}});
  CHECK(data.at("success") == true);
  CHECK(data.at("finalCounts") == json{{"issues", 8}, {"commits", 2}});
  CHECK(data.at("outputFiles") == json{"a", "b"});
  CHECK(data.at("message") == "done");
  CHECK(data.at("total_duration") == 5);
}

TEST_CASE("job_failed: the context becomes fields, with its defaults") {
  const auto data = translated_data(
      "job_failed", {{"job_type", "x"},
                     {"error_context",
                      {{"error_type", "net"},
                       {"error_message", "boom"},
                       {"stack_trace", "at x"},
                       {"request_details", {{"method", "GET"}}}}},
                     {"partial_results", {{{"entity_type", "issues"}, {"total_processed", 3}}}},
                     {"recovery_suggestion", "wait"}});
  CHECK(data.at("error") == "boom");
  CHECK(data.at("errorType") == "net");
  CHECK(data.at("stackTrace") == "at x");
  CHECK(data.at("requestDetails") == json{{"method", "GET"}});
  CHECK(data.at("retryCount") == 0);
  CHECK(data.at("isRecoverable") == true);
  CHECK(data.at("partialCounts") == json{{"issues", 3}});
  CHECK(data.at("recovery_suggestion") == "wait");
  CHECK(
      translated_data("job_failed", {{"error_context", {{"error_message", "b"}, {"is_recoverable", false}}}})
          .at("isRecoverable") == false);
}

TEST_CASE("where a crawler mixes both spellings the newer field counts") {
  const auto data = translated_data("heartbeat", {{"system_status", "idle"}, {"systemStatus", "error"}});
  CHECK(data == json{{"systemStatus", "error"}});
  CHECK(translated(R"({"type":"job_progress","jobId":"new-1","job_id":"old-1","data":{}})") == nullptr);
}

TEST_CASE("an older field that stands twice is left for the validation to refuse") {
  CHECK(translated(R"({"type":"heartbeat","data":{"system_status":"idle","system_status":"error"}})") ==
        nullptr);
}

TEST_CASE("an answer takes the spelling of its request") {
  JsonText out;
  CHECK(compatibility::translate_answer(
      "token_refresh_response",
      R"({"accessToken":"t","expiresAt":"e","refreshSuccessful":true,"error_message":"m"})", out));
  CHECK(
      json::parse(out.view()) ==
      json{{"access_token", "t"}, {"expires_at", "e"}, {"refresh_successful", true}, {"error_message", "m"}});
  JsonText other;
  CHECK_FALSE(compatibility::translate_answer("job_response", R"({"jobs":[]})", other));
  CHECK(other.view().empty());
}
