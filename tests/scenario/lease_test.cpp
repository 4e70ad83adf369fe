// How leases end, and what becomes of their jobs.
#include <chrono>

#include <catch2/catch.hpp>

#include "tests/scenario/scenario.hpp"

using namespace crawlhub::testing;
using nlohmann::json;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

namespace {

// Long times but for those that the test is about.
HubOptions with_jobs(const std::string& config) {
  HubOptions options;
  options.plugin_configs = {{"handler-jobs", config}};
  return options;
}

milliseconds since(Clock::time_point start) {
  return std::chrono::duration_cast<milliseconds>(Clock::now() - start);
}

json progress(int processed, int page) {
  return {{"stage", "fetching"},
          {"entityType", "project"},
          {"processed", processed},
          {"resumeState", {{"currentPage", page}}}};
}

void start(Hub& hub, Socket& crawler, const std::string& id) {
  crawler.send_message(message("job_started", json::object(), id));
  REQUIRE(becomes(hub, id, "running"));
}

void fail(Socket& crawler, const std::string& id, bool recoverable = true) {
  crawler.send_message(message("job_failed", {{"error", "it broke"}, {"isRecoverable", recoverable}}, id));
}

std::string refusal(Socket& crawler) {
  const auto error = crawler.receive_type("error");
  return error ? (*error)["data"]["code"].get<std::string>() : "no error came";
}

}  // namespace

TEST_CASE("a job that is not started within start_within goes to another, with its attempt given back") {
  Hub hub(with_jobs("{ start_within: 1s }"));
  hub.start();
  add_account(hub);
  const std::string id = add_job(hub, "g/p");
  Socket first = join(hub, "first"), second = join(hub, "second");
  REQUIRE(ask(first).size() == 1);
  CHECK(show(hub, id)["attempts"] == 1);
  CHECK_FALSE(ask_for(second, id).is_null());
  CHECK(show(hub, id)["attempts"] == 1);
  CHECK(show(hub, id)["leasedTo"] == "second");
}

TEST_CASE("a job of which nothing is heard goes to another crawler, with its resume state") {
  Hub hub(with_jobs("{ lease: 1s, backoff: { first: 10ms } }"));
  hub.start();
  add_account(hub);
  const std::string id = add_job(hub, "g/p");
  Socket first = join(hub, "first", {"errors"}), second = join(hub, "second");
  REQUIRE(ask(first).size() == 1);
  first.send_message(message("job_progress", progress(3, 2), id));
  REQUIRE(becomes(hub, id, "running"));
  const json job = ask_for(second, id);
  REQUIRE_FALSE(job.is_null());
  CHECK(job["resumeState"] == json({{"currentPage", 2}}));
  CHECK(show(hub, id)["attempts"] == 2);
  first.send_message(message("job_progress", progress(4, 3), id));
  CHECK(refusal(first) == "not_holder");
  CHECK(show(hub, id)["resumeState"] == json({{"currentPage", 2}}));
  CHECK(eventually([&] { return !errors_of(hub, id, "lease_expired").empty(); }));
}

TEST_CASE("heartbeats keep a started job past its lease, but not for longer than silence") {
  Hub hub(with_jobs("{ lease: 1s, silence: 4s }"));
  hub.start();
  add_account(hub);
  const std::string id = add_job(hub, "g/p");
  Socket crawler = Socket::unix_path(hub.socket());
  REQUIRE(ask(crawler).size() == 1);
  const auto spoke = Clock::now();
  start(hub, crawler, id);
  REQUIRE(eventually([&] {
    crawler.send_message(beat());
    return show(hub, id)["status"] == "queued";
  }));
  CHECK(since(spoke) >= milliseconds(4000));
}

TEST_CASE("the job's own messages keep it past silence") {
  Hub hub(with_jobs("{ lease: 1s, silence: 2s }"));
  hub.start();
  add_account(hub);
  const std::string id = add_job(hub, "g/p");
  Socket crawler = Socket::unix_path(hub.socket());
  REQUIRE(ask(crawler).size() == 1);
  start(hub, crawler, id);
  const auto started = Clock::now();
  int pages = 0;
  CHECK(eventually([&] {
    ++pages;
    crawler.send_message(message("job_progress", progress(pages, pages), id));
    REQUIRE(show(hub, id)["status"] == "running");
    return since(started) > milliseconds(4500);
  }));
}

TEST_CASE(
    "a failed job waits longer each time, and has failed when its attempts are spent; retry gives them "
    "back") {
  Hub hub(with_jobs("{ attempts: 2, backoff: { first: 1s, factor: 2, most: 10s } }"));
  hub.start();
  add_account(hub);
  const std::string id = add_job(hub, "g/p");
  Socket crawler = join(hub, "one");
  REQUIRE(ask(crawler).size() == 1);
  crawler.send_message(message("job_progress", progress(3, 2), id));
  const auto failed = Clock::now();
  fail(crawler, id);
  CHECK(becomes(hub, id, "queued"));
  CHECK(show(hub, id)["error"] == "it broke");
  const json again = ask_for(crawler, id);
  CHECK(since(failed) >= milliseconds(900));  // a tenth less or more, so that not all come at once
  CHECK(again["resumeState"] == json({{"currentPage", 2}}));
  CHECK(show(hub, id)["attempts"] == 2);
  fail(crawler, id);
  CHECK(becomes(hub, id, "failed"));
  CHECK(show(hub, id)["error"] == "it broke");
  CHECK(ask(crawler).empty());

  CHECK(hub.admin("jobs.retry", {{"id", id}})["status"] == "queued");
  CHECK(show(hub, id)["attempts"] == 0);
  CHECK(ask_for(crawler, id)["resumeState"] == json({{"currentPage", 2}}));
  fail(crawler, id, false);
  CHECK(becomes(hub, id, "failed"));
  CHECK(show(hub, id)["attempts"] == 1);
}

TEST_CASE("a job lost with its last attempt waits for its crawler, and only then has failed") {
  Hub hub(with_jobs("{ attempts: 1, reconnect: { hello: 2s } }"));
  hub.start();
  add_account(hub);
  const std::string id = add_job(hub, "g/p");
  {
    Socket crawler = join(hub, "one");
    REQUIRE(ask(crawler).size() == 1);
    start(hub, crawler, id);
  }
  CHECK(becomes(hub, id, "queued"));
  {
    Socket crawler = join(hub, "one");
    crawler.send_message(message("job_progress", progress(1, 1), id));
    CHECK(becomes(hub, id, "running"));
  }
  const auto lost = Clock::now();
  CHECK(becomes(hub, id, "failed"));
  CHECK(since(lost) >= milliseconds(1900));
}

TEST_CASE("cancelled jobs are handed out no more, and their crawlers' reports are refused") {
  Hub hub;
  hub.start();
  add_account(hub);
  const std::string running = add_job(hub, "g/p");
  Socket crawler = join(hub, "one", {"errors"});
  REQUIRE(ask(crawler).size() == 1);
  start(hub, crawler, running);
  const std::string queued = add_job(hub, "g/q");
  CHECK(hub.admin("jobs.cancel", {{"id", queued}})["status"] == "cancelled");
  CHECK(ask(crawler).empty());
  CHECK(hub.admin("jobs.cancel", {{"id", running}})["status"] == "cancelled");
  crawler.send_message(message("job_progress", progress(3, 2), running));
  CHECK(refusal(crawler) == "ended");
  crawler.send_message(
      message("job_completed", {{"success", true}, {"finalCounts", json::object()}}, running));
  CHECK(refusal(crawler) == "ended");
  CHECK(show(hub, running)["status"] == "cancelled");
  CHECK_THROWS_WITH(hub.admin("jobs.cancel", {{"id", running}}), Catch::Contains("the job has ended"));
  CHECK_THROWS_WITH(hub.admin("jobs.cancel", {{"id", "job_none"}}), Catch::Contains("there is no such job"));
  CHECK(hub.admin("jobs.retry", {{"id", running}})["status"] == "queued");
  CHECK_FALSE(ask_for(crawler, running).is_null());
}

TEST_CASE("after a disconnect a job waits for its crawler before another gets it") {
  Hub hub(with_jobs("{ reconnect: { hello: 1s, without: 3s } }"));
  hub.start();
  add_account(hub);
  const bool hello = GENERATE(true, false);
  const std::string id = add_job(hub, "g/p");
  Socket other = join(hub, "other");
  const auto lost = [&] {
    Socket holder = hello ? join(hub, "holder") : Socket::unix_path(hub.socket());
    REQUIRE(ask(holder).size() == 1);
    start(hub, holder, id);
    return Clock::now();
  }();
  CHECK_FALSE(ask_for(other, id).is_null());
  CHECK(since(lost) >= milliseconds(hello ? 1000 : 3000));
  CHECK(show(hub, id)["leasedTo"] == "other");
}

TEST_CASE("a crawler that comes back takes its job up again by reporting on it, at no cost of attempts") {
  Hub hub(with_jobs("{ reconnect: { hello: 10m, without: 10m } }"));
  hub.start();
  add_account(hub);
  const bool hello = GENERATE(true, false);
  const std::string id = add_job(hub, "g/p");
  {
    Socket crawler = hello ? join(hub, "mine") : Socket::unix_path(hub.socket());
    REQUIRE(ask(crawler).size() == 1);
    start(hub, crawler, id);
  }
  REQUIRE(becomes(hub, id, "queued"));
  CHECK(show(hub, id)["leasedTo"].is_null());
  Socket other = join(hub, "other", {"errors"});
  other.send_message(message("job_progress", progress(9, 9), id));
  CHECK(refusal(other) == "not_holder");
  CHECK(ask(other).empty());
  Socket back = hello ? join(hub, "mine") : Socket::unix_path(hub.socket());
  back.send_message(message("job_progress", progress(5, 4), id));
  CHECK(becomes(hub, id, "running"));
  CHECK(show(hub, id)["attempts"] == 1);
  CHECK(show(hub, id)["resumeState"] == json({{"currentPage", 4}}));
  back.send_message(message("job_completed", {{"success", true}, {"finalCounts", json::object()}}, id));
  CHECK(becomes(hub, id, "finished"));
}

TEST_CASE("a job that its crawler has reported as failed is not taken up again by a late report") {
  Hub hub(with_jobs("{ backoff: { first: 10m } }"));
  hub.start();
  add_account(hub);
  const std::string id = add_job(hub, "g/p");
  Socket crawler = join(hub, "one", {"errors"});
  REQUIRE(ask(crawler).size() == 1);
  start(hub, crawler, id);
  fail(crawler, id);
  REQUIRE(becomes(hub, id, "queued"));
  crawler.send_message(message("job_progress", progress(1, 1), id));
  CHECK(refusal(crawler) == "wrong_state");
  fail(crawler, id);  // once more changes nothing, and is no error
  crawler.send_message(message("jobs_discovered",
                               {{"discovered_jobs", json::array({{{"job_type", "crawl_user"},
                                                                  {"entity_id", "1"},
                                                                  {"namespace_path", "u"},
                                                                  {"entity_name", "U"}}})}},
                               id));
  CHECK(eventually([&] { return jobs(hub, {{"entityType", "user"}}).size() == 1; }));
  CHECK(show(hub, id)["status"] == "queued");
  CHECK(show(hub, id)["attempts"] == 1);
}

TEST_CASE("a job whose account lost its token waits for a new one, with its resume state and its attempt") {
  Hub hub;
  hub.start();
  add_account(hub);
  const std::string id = add_job(hub, "g/p");
  Socket crawler = join(hub, "one");
  REQUIRE(ask(crawler).size() == 1);
  crawler.send_message(message("job_progress", progress(3, 2), id));
  hub.admin("accounts.remove", {{"name", "acme"}});
  crawler.send_message(message("token_refresh_request", json::object(), id));
  const auto answer = crawler.receive_type("token_refresh_response");
  REQUIRE(answer);
  CHECK((*answer)["data"]["refreshSuccessful"] == false);
  CHECK(becomes(hub, id, "credential_expired"));
  CHECK(ask(crawler).empty());
  add_account(hub);
  CHECK(becomes(hub, id, "queued"));
  const json again = ask_for(crawler, id);
  CHECK(again["resumeState"] == json({{"currentPage", 2}}));
  CHECK(again["accessToken"] == "token-of-acme");
  CHECK(show(hub, id)["attempts"] == 1);
}

TEST_CASE("a job without an account is not handed out, and an error says what is missing") {
  Hub hub;
  hub.start();
  const std::string id = add_job(hub, "g/p");
  Socket crawler = join(hub, "one");
  CHECK(ask(crawler).empty());
  CHECK(show(hub, id)["status"] == "queued");
  CHECK(eventually([&] { return !errors_of(hub, id, "no_account").empty(); }));
  add_account(hub);
  CHECK_FALSE(ask_for(crawler, id).is_null());
}
