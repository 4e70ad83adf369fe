// A job's way from the queue to its end.
#include "tests/plugins/handler-jobs/rig.hpp"

using namespace crawlhub;
using namespace crawlhub::test;

TEST_CASE("a job is handed out with all that a crawler needs, reported on, and finished") {
  Rig rig;
  const std::string id = rig.add_job();
  Crawler crawler = rig.plugin.connect();

  const json jobs = request_jobs(crawler);
  CHECK(jobs == json{{{"id", id},
                      {"entityType", "project"},
                      {"entityId", "group/project"},
                      {"gitlabUrl", "https://git.acme.org/api/graphql"},
                      {"accessToken", "secret-1"}}});
  CHECK(rig.status(id) == "assigned");
  CHECK(rig.event("job.state_changed").at("state") == "assigned");
  CHECK(rig.plugin.section("leases", CRAWLHUB_SECTION_DRAIN) == "1");

  CHECK(ok(
      send(crawler, "job_started", id, {{"entityType", "project"}, {"entityId", "group/project"}}).outcome));
  CHECK(rig.status(id) == "running");
  CHECK(rig.event("job.state_changed").at("previous") == "assigned");
  const json started = rig.event("job.update");
  CHECK(started.at("action") == "started");
  CHECK(started.at("entityId") == "group/project");

  CHECK(ok(send(crawler, "job_progress", id,
                {{"stage", "fetching"},
                 {"entityType", "project"},
                 {"processed", 5},
                 {"total", 10},
                 {"resumeState", {{"currentPage", 2}}},
                 {"itemCounts", {{"issue", 5}}}})
               .outcome));
  CHECK(rig.storage.job(id).at("resumeState") == json{{"currentPage", 2}});
  CHECK(rig.storage.job(id).at("progress").at("overall_completion") == 0.5);

  CHECK(ok(send(crawler, "job_completed", id,
                {{"success", true}, {"finalCounts", {{"issue", 10}}}, {"outputFiles", {"a.json"}}})
               .outcome));
  const json job = rig.storage.job(id);
  CHECK(job.at("status") == "finished");
  CHECK(job.at("counts").at("issue") == 10);
  CHECK(job.at("outputFiles") == json{"a.json"});
  CHECK(job.at("resumeState") == nullptr);
  CHECK(rig.event("job.update").at("result").at("finalCounts") == json{{"issue", 10}});
  CHECK(rig.plugin.section("leases", CRAWLHUB_SECTION_DRAIN) == "0");
}

TEST_CASE("a request without queued jobs is answered with none") {
  Rig rig;
  CHECK(request_jobs(rig.plugin.connect()) == json::array());
}

TEST_CASE("batch bounds an answer; limit, max_per_crawler and maxConcurrentJobs do so further") {
  Rig rig(json{{"batch", 3}, {"max_per_crawler", 4}});
  for (int i = 0; i < 10; ++i) rig.add_job("p" + std::to_string(i));
  Crawler plain = rig.plugin.connect();
  CHECK(request_jobs(plain, R"({"limit":9})").size() == 3);  // an extension: not for those who said no hello
  CHECK(request_jobs(plain).size() == 1);
  CHECK(request_jobs(plain).empty());
  Crawler modern = rig.plugin.connect(CRAWLHUB_CONNECTION_HELLO, "crawler-1");
  CHECK(request_jobs(modern, R"({"limit":2})").size() == 2);
}

TEST_CASE("entity types: of the request after a hello, of the config without") {
  Rig rig(json{{"entity_types", {"project"}}});
  rig.add_job("a/b");
  rig.run("jobs.add", {{"entityType", "epics"}, {"entityId", "a"}, {"account", "acme"}});
  CHECK(request_jobs(rig.plugin.connect()).size() == 1);
  Crawler modern = rig.plugin.connect(CRAWLHUB_CONNECTION_HELLO, "crawler-1");
  CHECK(request_jobs(modern, R"({"entityTypes":["issue"]})").empty());
  CHECK(request_jobs(modern, R"({"entityTypes":["issue","epics"]})").size() == 1);
}

TEST_CASE("areas without a path are crawled by the account's id, and a URL with a path is left alone") {
  Rig rig;
  rig.run("accounts.add", {{"name", "other"},
                           {"provider", "gitlab-cloud"},
                           {"url", "https://x.org/git"},
                           {"token", "t"},
                           {"id", "4711"}});
  rig.run("jobs.add", {{"entityType", "areas"}, {"account", "other"}});
  const json jobs = request_jobs(rig.plugin.connect());
  CHECK(jobs.at(0).at("entityId") == "4711");
  CHECK(jobs.at(0).at("gitlabUrl") == "https://x.org/git");
}

TEST_CASE("a job without a usable account stays queued, and the error says so") {
  Rig rig;
  const std::string id = rig.add_job("a/b", {{"account", "nobody"}});
  CHECK(request_jobs(rig.plugin.connect()).empty());
  CHECK(rig.status(id) == "queued");
  REQUIRE(rig.plugin.host().problems.size() == 1);
  CHECK(rig.plugin.host().problems[0].code == CRAWLHUB_E_NO_ACCOUNT);
  CHECK(rig.plugin.host().problems[0].job == id);
  rig.run("accounts.add",
          {{"name", "nobody"}, {"provider", "gitlab-cloud"}, {"url", "https://x.org"}, {"token", "t"}});
  CHECK(request_jobs(rig.plugin.connect()).size() == 1);
}

TEST_CASE("a draining hub hands out nothing and takes reports") {
  Rig rig;
  const std::string id = rig.add_job("a");
  rig.add_job("b");
  Crawler crawler = rig.plugin.connect();
  REQUIRE(request_jobs(crawler).size() == 2);
  rig.add_job("c");
  rig.plugin.host().state = CRAWLHUB_STATE_DRAINING;
  CHECK(request_jobs(crawler).empty());
  CHECK(ok(send(crawler, "job_completed", id, {{"success", true}, {"finalCounts", json::object()}}).outcome));
  CHECK(rig.plugin.section("leases", CRAWLHUB_SECTION_DRAIN) == "1");
}

TEST_CASE("a recoverable failure waits and comes back with its resume state, until its attempts are spent") {
  Rig rig(
      json{{"attempts", 2}, {"backoff", {{"first", 10 * kSecond}, {"factor", 2}, {"most", 600 * kSecond}}}});
  const std::string id = rig.add_job();
  Crawler crawler = rig.plugin.connect();
  const auto fail = [&] {
    return send(crawler, "job_failed", id,
                {{"error", "boom"},
                 {"errorType", "net"},
                 {"isRecoverable", true},
                 {"resumeState", {{"lastEntityId", "7"}}},
                 {"stackTrace", "at x"},
                 {"context", {{"requestMethod", "GET"}, {"requestUrl", "https://x"}, {"httpStatus", 500}}}});
  };
  REQUIRE(request_jobs(crawler).size() == 1);
  CHECK(ok(fail().outcome));
  CHECK(rig.status(id) == "queued");
  CHECK(request_jobs(crawler).empty());
  rig.pass(12);
  const json again = request_jobs(crawler);
  REQUIRE(again.size() == 1);
  CHECK(again.at(0).at("resumeState") == json{{"lastEntityId", "7"}});
  CHECK(ok(fail().outcome));
  CHECK(rig.status(id) == "failed");

  const auto& problems = rig.plugin.host().problems;
  REQUIRE(problems.size() == 3);
  CHECK(problems[0].code == CRAWLHUB_E_JOB_FAILED);
  CHECK(problems[0].message == "job " + id + " failed: boom");
  CHECK(json::parse(problems[0].details).at("requestDetails") ==
        json{{"method", "GET"}, {"url", "https://x"}, {"status_code", 500}});
  CHECK(problems[0].account == "acme");
  CHECK(problems[2].code == CRAWLHUB_E_ATTEMPTS_SPENT);
  const json failure = rig.event("job.failure");
  CHECK(failure.at("taskType") == "net");
  CHECK(failure.at("stackTrace") == "at x");
  CHECK(failure.at("context").at("rawError") == "boom");
  CHECK(failure.at("context").at("retryCount") == nullptr);
}

TEST_CASE("what is not recoverable, or completed without success, has failed for good") {
  Rig rig;
  const std::string first = rig.add_job("a");
  const std::string second = rig.add_job("b");
  Crawler crawler = rig.plugin.connect();
  REQUIRE(request_jobs(crawler).size() == 2);
  CHECK(ok(send(crawler, "job_failed", first, {{"error", "gone"}, {"isRecoverable", false}}).outcome));
  CHECK(rig.plugin.host().problems.at(0).severity == CRAWLHUB_SEVERITY_HIGH);
  CHECK(ok(send(crawler, "job_completed", second,
                {{"success", false}, {"finalCounts", {{"issue", 3}}}, {"message", "half"}})
               .outcome));
  CHECK(rig.status(first) == "failed");
  CHECK(rig.status(second) == "failed");
  CHECK(rig.storage.job(second).at("counts") == json{{"issue", 3}});
}

TEST_CASE("failures of one millisecond get times of their own") {
  Rig rig;
  Crawler crawler = rig.plugin.connect();
  for (const char* path : {"a", "b"}) rig.add_job(path);
  std::vector<std::string> times;
  for (const json& job : request_jobs(crawler)) {
    send(crawler, "job_failed", job.at("id"), {{"error", "x"}, {"isRecoverable", false}});
    times.push_back(rig.event("job.failure").at("timestamp"));
  }
  CHECK(times.at(0) != times.at(1));
}

TEST_CASE("reports on jobs that are not the crawler's are refused with the reason") {
  Rig rig;
  const std::string id = rig.add_job();
  Crawler holder = rig.plugin.connect(CRAWLHUB_CONNECTION_HELLO, "one");
  Crawler other = rig.plugin.connect(CRAWLHUB_CONNECTION_HELLO, "two");
  REQUIRE(request_jobs(holder).size() == 1);
  const Exchange& refused = progress(other, id);
  CHECK(refused.outcome == Outcome::kRefused);
  CHECK(refused.code == CRAWLHUB_E_NOT_HOLDER);
  CHECK(progress(other, "no-such-job").code == CRAWLHUB_E_UNKNOWN_JOB);
  CHECK(ok(progress(holder, id).outcome));
}

TEST_CASE("with leases granted jobs carry their lease, and a report with another one is refused") {
  Rig rig;
  const std::string id = rig.add_job();
  Crawler crawler = rig.plugin.connect(CRAWLHUB_CONNECTION_HELLO | CRAWLHUB_CONNECTION_LEASES, "one");
  const json jobs = request_jobs(crawler);
  const auto lease = jobs.at(0).at("lease").get<std::uint64_t>();
  const auto report = [&](std::uint64_t number) {
    return crawler.send(
        json{{"type", "job_started"}, {"jobId", id}, {"lease", number}, {"data", json::object()}}.dump());
  };
  CHECK(report(lease + 1).code == CRAWLHUB_E_STALE_LEASE);
  CHECK(ok(report(lease).outcome));
}
