// What was acked is there after kill -9, whenever it comes.
#include <chrono>
#include <map>
#include <random>
#include <thread>

#include <catch2/catch.hpp>

#include <crawlhub/client/client.hpp>

#include "tests/support/eventually.hpp"
#include "tests/support/hub.hpp"

using namespace crawlhub::testing;
using namespace std::chrono_literals;
using nlohmann::json;
namespace client = crawlhub::client;

namespace {

constexpr int kRounds = 20;
constexpr std::size_t kJobs = 40;

// What the hub has promised to keep of one job.
struct Promise {
  client::Job job;
  std::uint64_t sent = 0;
  std::uint64_t acked = 0;  // processed, as of the newest progress that was acked
  bool finished = false;    // acked
};

std::vector<client::Job> take_jobs(client::Client& hub, std::size_t count) {
  std::vector<client::Job> jobs;
  while (jobs.size() < count) {
    auto next = hub.next_job(10s);
    REQUIRE(next);
    hub.started(next.job);
    jobs.push_back(next.job);
  }
  return jobs;
}

// Reports until told to stop. `acked` moves only once the client says that all was acked.
void report(client::Client& hub, std::vector<Promise>& promises, const std::stop_token& stop) {
  std::size_t at = 0;
  while (!stop.stop_requested()) {
    for (int i = 0; i < 50; ++i) {
      Promise& promise = promises[at++ % promises.size()];
      ++promise.sent;
      client::Progress progress;
      progress.entity_type = "commit";
      progress.processed = promise.sent;
      progress.resume_state = client::ResumeState{.last_entity_id = std::to_string(promise.sent)};
      hub.progress(promise.job, progress);
    }
    std::vector<std::uint64_t> sent;
    for (const Promise& promise : promises) sent.push_back(promise.sent);
    if (!hub.wait_acked(50ms)) continue;
    for (std::size_t i = 0; i < promises.size(); ++i) promises[i].acked = sent[i];
  }
}

std::uint64_t stored(const json& job) {
  if (!job["resumeState"].is_object()) return 0;
  return std::stoull(job["resumeState"].value("lastEntityId", std::string("0")));
}

}  // namespace

TEST_CASE("everything that was acked has its effect after kill -9, twenty times in a row") {
  HubOptions options;
  options.storage = "storage-sqlite";
  options.plugin_configs = {{"handler-jobs", "{ reconnect: { hello: 60s, without: 60s } }"}};
  Hub hub(options);
  hub.start();
  hub.admin("accounts.add",
            {{"name", "acme"}, {"provider", "gitlab"}, {"url", "https://gitlab.example"}, {"token", "t"}});
  for (std::size_t i = 0; i < kJobs; ++i)
    hub.admin("jobs.add",
              {{"entityType", "commit"}, {"entityId", "g/" + std::to_string(i)}, {"account", "acme"}});

  client::Options settings;
  settings.hub = "unix:" + hub.socket();
  settings.crawler_id = "load";
  settings.max_concurrent_jobs = 0;
  auto started = client::Client::start(std::move(settings));
  REQUIRE(started);
  client::Client& crawler = **started;
  std::vector<Promise> promises;
  for (const client::Job& job : take_jobs(crawler, kJobs)) promises.push_back({job});
  REQUIRE(crawler.wait_acked(10s));

  std::mt19937 random(20261126);
  for (int round = 0; round < kRounds; ++round) {
    INFO("round " << round);
    {
      std::jthread load([&](const std::stop_token& stop) { report(crawler, promises, stop); });
      // The moment is the test's input, not something that it waits for.
      const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(random() % 300);
      std::this_thread::sleep_until(until);
      hub.kill();
    }
    hub.start();
    for (const Promise& promise : promises) {
      const json job = hub.admin("jobs.show", {{"id", promise.job.id}});
      INFO(job.dump());
      REQUIRE(stored(job) >= promise.acked);
      REQUIRE((job["status"] == "queued" || job["status"] == "running"));
    }
    REQUIRE(crawler.wait_connected(20s));
    REQUIRE(crawler.wait_acked(20s));
  }
  for (const Promise& promise : promises) crawler.completed(promise.job, {{"commit", promise.sent}});
  REQUIRE(crawler.wait_acked(10s));
  hub.kill();
  hub.start();
  CHECK(hub.admin("status")["jobs"]["finished"] == kJobs);
  CHECK(hub.stop() == 0);
}
