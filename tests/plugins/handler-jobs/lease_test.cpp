// Leases that end, and what becomes of their jobs.
#include "tests/plugins/handler-jobs/rig.hpp"

using namespace crawlhub;
using namespace crawlhub::test;

namespace {

void heartbeat(Crawler crawler,
               const std::string& data = R"({"activeJobs":0,"totalProcessed":0,"systemStatus":"idle"})") {
  crawler.send(R"({"type":"heartbeat","data":)" + data + "}");
}

}  // namespace

TEST_CASE("a started job of which nothing is heard goes back, and its report takes it up again") {
  Rig rig;
  const std::string id = rig.add_job();
  Crawler crawler = rig.plugin.connect();
  REQUIRE(request_jobs(crawler).size() == 1);
  CHECK(ok(progress(crawler, id).outcome));
  rig.pass(299);
  crawler.tick();
  CHECK(rig.status(id) == "running");
  rig.pass(2);
  crawler.tick();
  CHECK(rig.status(id) == "queued");
  CHECK(rig.plugin.section("leases", CRAWLHUB_SECTION_DRAIN) == "0");
  CHECK(rig.plugin.host().problems.back().code == CRAWLHUB_E_LEASE_EXPIRED);
  CHECK(rig.event("job.state_changed").at("reason") == "nothing was heard of it");

  CHECK(ok(progress(crawler, id, 2).outcome));
  CHECK(rig.status(id) == "running");
  CHECK(rig.plugin.section("leases", CRAWLHUB_SECTION_DRAIN) == "1");
  CHECK(rig.event("job.state_changed").at("previous") == "queued");
}

TEST_CASE("heartbeats keep started jobs for as long as silence allows") {
  Rig rig;
  const std::string id = rig.add_job();
  Crawler crawler = rig.plugin.connect();
  REQUIRE(request_jobs(crawler).size() == 1);
  progress(crawler, id);
  for (int i = 0; i < 14; ++i) {
    rig.pass(250);
    heartbeat(crawler);
    crawler.tick();
    CHECK(rig.status(id) == "running");
  }
  rig.pass(250);  // more than an hour without a message of its own
  heartbeat(crawler);
  crawler.tick();
  CHECK(rig.status(id) == "queued");
}

TEST_CASE("with leases granted a heartbeat keeps the jobs that it lists") {
  Rig rig;
  const std::string kept = rig.add_job("a");
  const std::string lost = rig.add_job("b");
  Crawler crawler = rig.plugin.connect(CRAWLHUB_CONNECTION_HELLO | CRAWLHUB_CONNECTION_LEASES, "one");
  REQUIRE(request_jobs(crawler).size() == 2);
  progress(crawler, kept);
  progress(crawler, lost);
  rig.pass(200);
  heartbeat(crawler, R"({"systemStatus":"idle","jobs":[")" + kept + R"("]})");
  rig.pass(200);
  crawler.tick();
  CHECK(rig.status(kept) == "running");
  CHECK(rig.status(lost) == "queued");
}

TEST_CASE("a job that is not started in time goes back with its attempt") {
  Rig rig;
  const std::string id = rig.add_job();
  Crawler crawler = rig.plugin.connect();
  REQUIRE(request_jobs(crawler).size() == 1);
  rig.pass(899);
  crawler.tick();
  CHECK(rig.status(id) == "assigned");
  rig.pass(2);
  crawler.tick();
  CHECK(rig.status(id) == "queued");
  CHECK(rig.storage.job(id).at("attempts") == 0);
}

TEST_CASE("a crawler without hello that asks for jobs has lost what it was silent about") {
  Rig rig;
  const std::string id = rig.add_job();
  Crawler crawler = rig.plugin.connect();
  REQUIRE(request_jobs(crawler).size() == 1);
  progress(crawler, id);
  rig.pass(200);
  heartbeat(crawler);  // keeps it at the ticks
  rig.pass(150);
  crawler.tick();
  CHECK(rig.status(id) == "running");
  CHECK(request_jobs(crawler).empty());  // it has to wait first
  CHECK(rig.status(id) == "queued");
}

TEST_CASE("after a disconnect a job waits for its crawler, longer where that said no hello") {
  Rig rig;
  const std::string id = rig.add_job();
  const bool hello = GENERATE(true, false);
  Crawler first = hello ? rig.plugin.connect(CRAWLHUB_CONNECTION_HELLO, "one") : rig.plugin.connect();
  REQUIRE(request_jobs(first).size() == 1);
  progress(first, id);
  first.disconnect();
  CHECK(rig.status(id) == "queued");
  CHECK(rig.plugin.section("leases", CRAWLHUB_SECTION_DRAIN) == "0");
  CHECK(rig.event("job.state_changed").at("reason") == "its connection ended");

  Crawler other = rig.plugin.connect(CRAWLHUB_CONNECTION_HELLO, "two");
  rig.pass(hello ? 9 : 59);
  CHECK(request_jobs(other).empty());
  SECTION("another crawler gets it when the wait is over") {
    rig.pass(2);
    CHECK(request_jobs(other).size() == 1);
  }
  SECTION("a report of its old crawler takes it up again") {
    Crawler back = hello ? rig.plugin.connect(CRAWLHUB_CONNECTION_HELLO, "one") : rig.plugin.connect();
    CHECK(ok(progress(back, id, 2).outcome));
    CHECK(rig.status(id) == "running");
    rig.pass(2);
    CHECK(request_jobs(other).empty());
  }
}

TEST_CASE("a job whose attempts were spent by lost leases fails after its wait") {
  Rig rig(json{{"attempts", 1}});
  const std::string id = rig.add_job();
  Crawler crawler = rig.plugin.connect();
  REQUIRE(request_jobs(crawler).size() == 1);
  progress(crawler, id);
  crawler.disconnect();
  rig.plugin.run_timers();
  CHECK(rig.status(id) == "queued");
  rig.pass(61);
  rig.plugin.run_timers();
  CHECK(rig.status(id) == "failed");
  CHECK(rig.plugin.host().problems.back().code == CRAWLHUB_E_ATTEMPTS_SPENT);
}

TEST_CASE("a cancelled job is no longer watched over") {
  Rig rig;
  const std::string id = rig.add_job();
  Crawler crawler = rig.plugin.connect();
  REQUIRE(request_jobs(crawler).size() == 1);
  progress(crawler, id);
  CHECK(rig.run("jobs.cancel", {{"id", id}}) == json{{"id", id}, {"status", "cancelled"}});
  CHECK(rig.plugin.section("leases", CRAWLHUB_SECTION_DRAIN) == "1");
  crawler.tick();
  CHECK(rig.plugin.section("leases", CRAWLHUB_SECTION_DRAIN) == "0");
  CHECK(progress(crawler, id).code == CRAWLHUB_E_JOB_ENDED);
}

TEST_CASE("a crawler that reports what it found works on the job") {
  Rig rig;
  const std::string id = rig.add_job();
  Crawler crawler = rig.plugin.connect();
  REQUIRE(request_jobs(crawler).size() == 1);
  rig.pass(800);
  CHECK(rig.plugin.event("job.discovered", json{{"jobId", id}}.dump()));
  crawler.tick();
  rig.pass(200);  // past start_within
  crawler.tick();
  CHECK(rig.status(id) == "assigned");  // as far as the storage of this test knows: not given up
  CHECK(rig.plugin.section("leases", CRAWLHUB_SECTION_DRAIN) == "1");
}

TEST_CASE("a start ends the leases of the former start") {
  TemporaryDirectory directory;
  Storage storage;
  PluginHarness plugin(PLUGIN_FILE);
  storage.serve(plugin);
  plugin.host().state_directory = directory.path();
  REQUIRE(plugin.start());
  CHECK(ok(plugin.command("accounts.add", R"({"name":"a","provider":"gitlab","url":"https://x","token":"t"})")
               .outcome));
  const json added =
      json::parse(plugin.command("jobs.add", R"({"entityType":"group","entityId":"g","account":"a"})").text);
  REQUIRE(request_jobs(plugin.connect()).size() == 1);
  plugin.stop();

  PluginHarness next(PLUGIN_FILE);
  storage.serve(next);
  next.host().state_directory = directory.path();
  const_cast<crawlhub_host*>(next.host().table())->incarnation = [](const crawlhub_host*) {
    return str("incarnation-2");
  };
  REQUIRE(next.start());
  CHECK(storage.job(added.at("id")).at("status") == "queued");
  CHECK(next.host().logged("1 jobs were held before this start"));
}
