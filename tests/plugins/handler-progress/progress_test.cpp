#include <catch2/catch.hpp>

#include "tests/plugins/support/stored.hpp"

using namespace crawlhub;
using namespace crawlhub::test;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

struct Rig {
  Rig() {
    storage.serve(plugin);
    REQUIRE(plugin.start("{}"));
    crawler = plugin.connect();
  }
  void send(const std::string& type, const std::string& job, const json& data) {
    crawler->send(json{{"type", type}, {"jobId", job}, {"data", data}}.dump());
  }
  void progress(const std::string& job, double processed, double total) {
    send("job_progress", job,
         {{"stage", "fetching"}, {"entityType", "issue"}, {"processed", processed}, {"total", total}});
  }
  json show(const std::string& job) {
    const auto result = plugin.command("progress", json{{"job", job}}.dump());
    INFO(result.text);
    REQUIRE(ok(result.outcome));
    return json::parse(result.text);
  }
  std::size_t events(const std::string& name) {
    std::size_t count = 0;
    for (const auto& event : plugin.host().events) count += event.name == name ? 1 : 0;
    return count;
  }

  Storage storage;
  PluginHarness plugin{PLUGIN_FILE};
  std::optional<Crawler> crawler;
};

}  // namespace

TEST_CASE("a job is followed from its reports, and ends with them") {
  Rig rig;
  rig.send("job_started", "job-1", {{"entityType", "issue"}});
  rig.progress("job-1", 3, 4);
  json shown = rig.show("job-1");
  CHECK(shown.at("id") == "job-1");
  CHECK(shown.at("overall_completion") == 0.75);
  CHECK(shown.at("milestones").size() == 4);
  rig.send("job_completed", "job-1", {{"success", true}, {"finalCounts", {{"issue", 4}}}});
  CHECK(rig.show("job-1").at("state") == "completed");
  CHECK(rig.events("progress.milestone_reached") == 5);
}

TEST_CASE("progress is published at most once a second for a job") {
  Rig rig;
  for (int i = 0; i < 10; ++i) rig.progress("job-1", i, 1000);
  rig.progress("job-2", 1, 1000);
  CHECK(rig.events("job.update") == 2);
  rig.plugin.host().now_ns += kSecond;
  rig.progress("job-1", 20, 1000);
  CHECK(rig.events("job.update") == 3);
  const json update = json::parse(rig.plugin.host().events.back().json);
  CHECK(update.at("action") == "progress");
  CHECK(update.at("jobId") == "job-1");
  CHECK(update.at("progress").at("entity_type") == "issue");
  CHECK(update.at("progress").at("total_processed") == 20);
  CHECK(update.at("progress").at("processing_rate") == update.at("progress").at("processingRate"));
}

TEST_CASE("operators and lost leases are heard of by events") {
  Rig rig;
  rig.progress("job-1", 1, 10);
  const auto change = [&](const char* state) {
    CHECK(rig.plugin.event("job.state_changed", json{{"jobId", "job-1"}, {"state", state}}.dump()));
    return rig.show("job-1").at("state");
  };
  CHECK(change("queued") == "initializing");
  CHECK(change("paused") == "paused");
  rig.progress("job-1", 2, 10);  // on its way when it was paused
  CHECK(rig.show("job-1").at("state") == "paused");
  CHECK(change("running") == "processing");
  CHECK(change("cancelled") == "cancelled");
  CHECK(change("running") == "cancelled");  // an event that came late
}

TEST_CASE("a discovery is a milestone of the job that found it") {
  Rig rig;
  rig.progress("job-1", 1, 10);
  CHECK(rig.plugin.event("job.discovered", R"({"jobId":"job-1","connectionId":"c1"})"));
  CHECK(rig.plugin.event("job.discovered", R"({"jobId":"job-2","connectionId":"c1"})"));
  CHECK(rig.show("job-1").at("milestones").back().at("name") == "Discovery Completed");
  CHECK(rig.plugin.host().events.back().name == "progress.milestone_reached");
}

TEST_CASE("a job that was not reported on since the start is shown from the storage") {
  Rig rig;
  rig.storage.add_account("acme");
  const std::string job = rig.storage.add_job("group", "g", "acme");
  const json shown = rig.show(job);
  CHECK(shown.at("state") == "initializing");
  CHECK(shown.at("overall_completion") == 0);
  CHECK(shown.at("entities").empty());
  const auto unknown = rig.plugin.command("progress", R"({"job":"nothing"})");
  CHECK(unknown.code == CRAWLHUB_E_UNKNOWN_JOB);
}

TEST_CASE("what ran before the start is restored, with its progress") {
  Rig rig;
  rig.storage.add_account("acme");
  const std::string job = rig.storage.add_job("group", "g", "acme");
  rig.storage.claim(7, "");
  rig.storage.progress(job, 7, 30, 40);
  const json shown = rig.show(job);
  CHECK(shown.at("state") == "processing");
  CHECK(shown.at("overall_completion") == 0.75);
  CHECK(rig.show(job).at("milestones").empty());
  const json all = json::parse(rig.plugin.command("progress").text);
  CHECK(all.at("active_jobs") == 1);
  CHECK(all.at("overall_completion") == 0.75);
}

TEST_CASE("all jobs together") {
  Rig rig;
  const json none = json::parse(rig.plugin.command("progress").text);
  CHECK(none.at("total_jobs") == 0);
  CHECK(none.at("overall_completion") == 0);
  CHECK(none.at("estimated_time_remaining") == nullptr);
  rig.storage.add_account("acme");
  for (const char* path : {"a", "b", "c"}) rig.storage.add_job("group", path, "acme");
  rig.progress("job-1", 1, 2);
  const json all = json::parse(rig.plugin.command("progress").text);
  CHECK(all.at("total_jobs") == 3);
  CHECK(all.at("overall_completion") == Approx(0.5 / 3));
  CHECK(all.at("resource_utilization").at("memory_usage") > 0);
  CHECK(all.at("resource_utilization").contains("cpu_usage"));
  CHECK(all.at("resource_utilization").contains("network_usage"));
}

TEST_CASE("ended jobs are forgotten after a while") {
  Rig rig;
  rig.storage.add_account("acme");
  const std::string job = rig.storage.add_job("group", "g", "acme");
  rig.progress(job, 1, 1);
  rig.send("job_completed", job, {{"success", true}, {"finalCounts", json::object()}});
  CHECK(rig.show(job).at("state") == "completed");
  rig.plugin.host().now_ns += 3601 * kSecond;
  rig.plugin.run_timers();
  CHECK(rig.show(job).at("state") == "initializing");  // as the storage has it, which heard none of this
}
