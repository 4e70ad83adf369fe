// Every message of docs/protocol.md, in both dialects, with and without newlines, and what it brings about.
#include <map>
#include <set>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "tests/scenario/scenario.hpp"

using namespace crawlhub::testing;
using nlohmann::json;

namespace {

// A crawler without hello that speaks one dialect, with or without newlines.
class Speaker {
 public:
  Speaker(Hub& hub, bool older, bool newline)
      : socket_(Socket::unix_path(hub.socket())), older_(older), newline_(newline) {}

  void say(const std::string& type, const json& data, const std::string& job = {}) {
    json made = message(type, data);
    if (!job.empty()) made[older_ ? "job_id" : "jobId"] = job;
    socket_.send_message(made, newline_);
  }
  void either(const std::string& type, const json& newer, const json& older, const std::string& job = {}) {
    say(type, older_ ? older : newer, job);
  }
  std::vector<json> ask() {
    say("job_request", json::object());
    return (*socket_.receive_type("job_response"))["data"]["jobs"].get<std::vector<json>>();
  }
  Socket& socket() { return socket_; }
  bool older() const { return older_; }
  const char* job_member() const { return older_ ? "job_id" : "jobId"; }

 private:
  Socket socket_;
  bool older_, newline_;
};

json entity(const json& progress, const std::string& type) {
  for (const json& one : progress["entities"]) {
    if (one["entity_type"] == type) return one;
  }
  return json::object();
}

void check_heartbeat(Hub& hub, Speaker& crawler) {
  crawler.either(
      "heartbeat",
      {{"activeJobs", 2}, {"totalProcessed", 40}, {"systemStatus", "processing"}, {"uptime", 12}},
      {{"active_jobs", 2}, {"last_activity", "2025-01-01T00:00:00Z"}, {"system_status", "crawling"}});
  CHECK(eventually([&] {
    const json list = hub.admin("connections");
    return list.size() == 1 && list[0]["systemStatus"] == "processing" && list[0]["activeJobs"] == 2;
  }));
}

void check_start_and_progress(Hub& hub, Speaker& crawler, const std::string& job) {
  CHECK(show(hub, job)["status"] == "assigned");
  crawler.either("job_started", {{"entityType", "project"}, {"entityId", "g/p"}},
                 {{"job_type", "crawl_project"}, {"entity_type", "project"}, {"namespace_path", "g/p"}}, job);
  CHECK(becomes(hub, job, "running"));
  CHECK(show(hub, job)["startedAt"].is_string());
  crawler.either("job_progress",
                 {{"stage", "fetching"},
                  {"entityType", "issue"},
                  {"processed", 30},
                  {"total", 60},
                  {"message", "half way"},
                  {"currentPage", 3},
                  {"itemCounts", {{"issue", 30}}},
                  {"processingRate", 5},
                  {"estimatedTimeRemaining", 6},
                  {"resumeState", {{"lastEntityId", "17"}, {"currentPage", 3}, {"entityType", "issue"}}}},
                 {{"progress", json::array({{{"entity_type", "issue"},
                                             {"total_discovered", 60},
                                             {"total_processed", 30},
                                             {"current_page", 3},
                                             {"items_per_page", 10}}})},
                  {"overall_completion", 0.5},
                  {"time_elapsed", 6000},
                  {"estimated_time_remaining", 6000}},
                 job);
  // The job itself, and what is told of it, come to the tracker one after the other.
  json progress;
  CHECK(eventually([&] {
    progress = hub.admin("progress", {{"job", job}});
    return entity(progress, "issue").value("total_processed", 0) == 30 &&
           progress.contains("estimated_time_remaining");
  }));
  CHECK(progress["state"] == "processing");
  CHECK(progress["overall_completion"] == 0.5);
  CHECK(progress.value("estimated_time_remaining", 0.0) == Approx(6000).margin(2000));
  CHECK(entity(progress, "issue")["total_discovered"] == 60);
  CHECK(entity(progress, "issue")["current_page"] == 3);
  if (crawler.older()) return;
  CHECK(progress["message"] == "half way");
  CHECK(show(hub, job)["resumeState"] ==
        json({{"lastEntityId", "17"}, {"currentPage", 3}, {"entityType", "issue"}}));
}

void check_discoveries(Hub& hub, Speaker& crawler, const std::string& job) {
  Events found(hub, "job.discovered");
  const json size = {{"issues", 10}};
  crawler.say(
      "jobs_discovered",
      {{"discovered_jobs",
        json::array(
            {{{"job_type", "crawl_group"}, {"entity_id", "7"}, {"namespace_path", "g"}, {"entity_name", "G"}},
             {{"job_type", "crawl_project"},
              {"entity_id", "8"},
              {"namespace_path", "g/new"},
              {"entity_name", "New"},
              {"priority", 4},
              {"estimated_size", size}},
             {{"job_type", "crawl_user"}, {"entity_id", "9"}, {"namespace_path", "u"}, {"entity_name", "U"}},
             {{"job_type", "crawl_moon"}, {"entity_id", "1"}}})},
       {"discovery_summary", {{"total_groups", 1}, {"total_projects", 1}}}},
      job);
  json event = found.next();
  CHECK(event["areas"] == 3);
  CHECK(event["jobs"] == 12);
  CHECK(event["dropped"] == 1);
  std::set<std::string> types;
  for (const json& one : jobs(hub)) {
    const json whole = show(hub, one["id"]);
    if (whole["spawnedFrom"] != job) continue;
    types.insert(whole["entityType"]);
    CHECK(whole["root"] == job);
    CHECK(whole["account"] == "acme");
    if (whole["entityId"] == "g/new") CHECK(whole["gitlabId"] == "8");
    if (whole["entityId"] == "g/new") CHECK(whole["priority"] == 4);
  }
  CHECK(types == std::set<std::string>{"group", "groupMilestones", "epics", "project", "issue",
                                       "merge_request", "commit", "branch", "pipeline", "jobs",
                                       "mergeRequestNotes", "user"});
  // The same once more makes nothing new.
  crawler.say("jobs_discovered",
              {{"discovered_jobs", json::array({{{"job_type", "crawl_group"},
                                                 {"entity_id", "7"},
                                                 {"namespace_path", "g"},
                                                 {"entity_name", "G"}}})}},
              job);
  event = found.next();
  CHECK(event["jobs"] == 0);
  CHECK(event["knownJobs"] == 3);

  crawler.say(
      "discovery",
      {{"entityType", "group"},
       {"entities", json::array({{{"id", "70"}, {"name", "Sub"}, {"path", "g/sub"}, {"parentId", "7"}}})}},
      job);
  event = found.next();
  CHECK(event["areas"] == 1);
  crawler.say(
      "discovery",
      {{"entityType", "user"}, {"entities", json::array({{{"id", "71"}, {"name", "Ann"}, {"path", "ann"}}})}},
      job);
  event = found.next();
  CHECK(event["entities"] == 1);
  CHECK(show(hub, job)["status"] == "running");
}

void check_token(Hub& hub, Speaker& crawler, const std::string& job) {
  crawler.say("token_refresh_request", {{"current_token_expired", true}}, job);
  auto answer = crawler.socket().receive_type("token_refresh_response");
  REQUIRE(answer);
  CHECK((*answer)[crawler.job_member()] == job);
  const bool older = crawler.older();
  CHECK((*answer)["data"][older ? "access_token" : "accessToken"] == "token-of-acme");
  CHECK((*answer)["data"][older ? "refresh_successful" : "refreshSuccessful"] == true);
  CHECK((*answer)["data"][older ? "expires_at" : "expiresAt"].is_string());
  CHECK(becomes(hub, job, "credential_renewed"));

  crawler.say("token_refresh_request", json::object(), "job_that_never_was");
  answer = crawler.socket().receive_type("token_refresh_response");
  REQUIRE(answer);
  CHECK((*answer)[crawler.job_member()] == "job_that_never_was");
  CHECK((*answer)["data"][older ? "access_token" : "accessToken"] == "");
  CHECK((*answer)["data"][older ? "refresh_successful" : "refreshSuccessful"] == false);
  CHECK((*answer)["data"][older ? "expires_at" : "expiresAt"].is_string());
  CHECK((*answer)["data"]["error_message"].is_string());
}

void check_ends(Hub& hub, Speaker& crawler, const std::vector<std::string>& given) {
  crawler.either(
      "job_completed",
      {{"success", true}, {"finalCounts", {{"issue", 60}}}, {"message", "all"}, {"outputFiles", {"a.jsonl"}}},
      {{"job_type", "crawl_project"},
       {"final_counts",
        json::array({{{"entity_type", "issue"}, {"total_discovered", 60}, {"total_processed", 60}}})},
       {"total_duration", 9000},
       {"output_files", {"a.jsonl"}},
       {"summary", "all"}},
      given[0]);
  CHECK(becomes(hub, given[0], "finished"));
  CHECK(show(hub, given[0])["counts"]["issue"] == 60);
  CHECK(show(hub, given[0])["outputFiles"] == json({"a.jsonl"}));
  CHECK(show(hub, given[0])["resumeState"].is_null());

  crawler.either(
      "job_failed",
      {{"error", "timed out"},
       {"errorType", "NetworkError"},
       {"isRecoverable", true},
       {"partialCounts", {{"issue", 5}}},
       {"requestDetails", {{"method", "GET"}, {"url", "https://gitlab.example/x"}, {"status_code", 504}}}},
      {{"job_type", "crawl_project"},
       {"error_context",
        {{"error_type", "NetworkError"},
         {"error_message", "timed out"},
         {"request_details",
          {{"method", "GET"}, {"url", "https://gitlab.example/x"}, {"status_code", 504}}}}},
       {"partial_results", json::array({{{"entity_type", "issue"}, {"total_processed", 5}}})},
       {"recovery_suggestion", "wait"}},
      given[1]);
  CHECK(becomes(hub, given[1], "queued"));
  json again = show(hub, given[1]);
  CHECK(again["error"] == "timed out");
  CHECK(again["errorType"] == "NetworkError");
  CHECK(again["errorDetails"]["partialCounts"] == json({{"issue", 5}}));
  if (crawler.older()) CHECK(again["errorDetails"]["recoverySuggestion"] == "wait");
  CHECK(again["attempts"] == 1);
  CHECK(eventually([&] {
    const auto errors = errors_of(hub, given[1], "job_failed");
    return errors.size() == 1 && errors[0].dump().find("https://gitlab.example/x") != std::string::npos;
  }));

  crawler.either(
      "job_failed", {{"error", "no such project"}, {"isRecoverable", false}},
      {{"job_type", "crawl_project"},
       {"error_context",
        {{"error_type", "NotFound"}, {"error_message", "no such project"}, {"is_recoverable", false}}}},
      given[2]);
  CHECK(becomes(hub, given[2], "failed"));
  CHECK(show(hub, given[2])["error"] == "no such project");
  // The older dialect has no end without success.
  crawler.say("job_completed", {{"success", false}, {"finalCounts", {{"issue", 2}}}}, given[3]);
  CHECK(becomes(hub, given[3], "failed"));
  CHECK(show(hub, given[3])["counts"]["issue"] == 2);
}

}  // namespace

TEST_CASE("every message does what the protocol says, in either dialect, with newlines or without") {
  const bool older = GENERATE(false, true);
  const bool newline = GENERATE(true, false);
  INFO((older ? "older" : "newer") << " dialect, " << (newline ? "with" : "without") << " newlines");
  Hub hub;
  hub.start();
  add_account(hub);
  std::vector<std::string> added;
  for (const char* path : {"g/p", "g/q", "g/r", "g/s"}) added.push_back(add_job(hub, path));
  Speaker crawler(hub, older, newline);
  check_heartbeat(hub, crawler);

  const std::vector<json> given = crawler.ask();
  REQUIRE(given.size() == 4);
  for (std::size_t i = 0; i < given.size(); ++i) {
    CHECK(given[i] == json({{"id", added[i]},
                            {"entityType", "project"},
                            {"entityId", given[i]["entityId"]},
                            {"gitlabUrl", "https://gitlab.example/api/graphql"},
                            {"accessToken", "token-of-acme"}}));
  }
  CHECK(crawler.ask().empty());
  check_start_and_progress(hub, crawler, added[0]);
  check_discoveries(hub, crawler, added[0]);
  check_token(hub, crawler, added[0]);
  check_ends(hub, crawler, added);
  CHECK(hub.admin("connections")[0]["stats"]["errors"] == 0);
}

TEST_CASE("a crawler may mix the dialects message by message and field by field") {
  Hub hub;
  hub.start();
  add_account(hub);
  const std::string job = add_job(hub, "g/p");
  Speaker newer(hub, false, true);
  REQUIRE(newer.ask().size() == 1);
  json mixed = message("job_progress", {{"stage", "fetching"}, {"entityType", "issue"}, {"processed", 4}});
  mixed["job_id"] = job;
  newer.socket().send_message(mixed);
  CHECK(becomes(hub, job, "running"));
  newer.say(
      "job_progress",
      {{"progress",
        json::array({{{"entity_type", "merge requests"}, {"total_discovered", 8}, {"total_processed", 2}}})},
       {"overall_completion", 0.25},
       {"resumeState", {{"currentPage", 2}}}},
      job);
  CHECK(eventually([&] { return show(hub, job)["resumeState"] == json({{"currentPage", 2}}); }));
  CHECK(entity(hub.admin("progress", {{"job", job}}), "issue")["total_processed"] == 4);
  CHECK(entity(hub.admin("progress", {{"job", job}}), "merge requests")["total_processed"] == 2);
  newer.say("job_failed",
            {{"error", "x"}, {"isRecoverable", false}, {"error_context", {{"error_type", "E"}}}}, job);
  CHECK(becomes(hub, job, "failed"));
  CHECK(show(hub, job)["errorType"] == "E");
}

TEST_CASE("an operator's message reaches a crawler, in the spelling of the protocol") {
  Hub hub;
  hub.start();
  Socket one = join(hub, "one");
  Socket plain = Socket::unix_path(hub.socket());
  REQUIRE(eventually([&] { return hub.admin("connections").size() == 2; }));
  hub.admin("send", {{"crawler", "one"},
                     {"message", {{"type", "notice"}, {"jobId", "job_1"}, {"data", {{"text", "a {b}"}}}}}});
  const auto got = one.receive_type("notice");
  REQUIRE(got);
  CHECK((*got)["jobId"] == "job_1");
  CHECK((*got)["data"]["text"] == "a {b}");
  CHECK((*got)["timestamp"].is_string());
  CHECK(hub.admin("broadcast", {{"message", {{"type", "notice"}}}})["sent"] == 2);
  CHECK(plain.receive_type("notice"));
  CHECK_THROWS_WITH(hub.admin("send", {{"crawler", "nobody"}, {"message", {{"type", "x"}}}}),
                    Catch::Contains("no connection \"nobody\""));
}

TEST_CASE("braces inside strings do not end a message for crawlers that only count braces") {
  Hub hub;
  hub.start();
  add_account(hub);
  add_job(hub, "g/{odd}}");
  Socket plain = Socket::unix_path(hub.socket());
  plain.send_message(message("job_request"), false);
  // As those crawlers read: braces counted without regard to strings.
  std::string text;
  int depth = 0;
  char c = 0;
  do {
    REQUIRE(::read(plain.fd(), &c, 1) == 1);
    text += c;
    depth += c == '{' ? 1 : c == '}' ? -1 : 0;
  } while (depth != 0);
  CHECK(json::parse(text)["data"]["jobs"][0]["entityId"] == "g/{odd}}");
}
