// That reports arrive: acks, sending again, refusals, bounded memory.
#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include <catch2/catch.hpp>

#include "tests/sdk/client/client_fixture.hpp"

using namespace crawlhub::client;
using namespace crawlhub::client::test;
using namespace std::chrono_literals;

namespace {

/// What a durable hub would have of one job: each progress once, in order.
std::vector<int> progress_of(const std::vector<Json>& messages) {
  std::vector<int> all;
  for (const auto& message : messages) all.push_back(message["data"]["processed"].get<int>());
  return all;
}

}  // namespace

TEST_CASE("what was not acked is sent again, in order, on the next connection") {
  TestHub hub;
  hub.change([](TestHub::Behaviour& b) { b.ack = false; });
  auto client = start(options_for(hub));
  hub.offer({job_json("job-1")});
  const Job job = take_job(*client);
  client->started(job);
  for (std::uint64_t n = 1; n <= 100; ++n) client->progress(job, {.entity_type = "commit", .processed = n});
  hub.wait_for("job_progress", 100);
  CHECK_FALSE(client->wait_acked(0ms));
  hub.change([](TestHub::Behaviour& b) { b.ack = true; });
  hub.drop();
  client->completed(job, {{"commit", 100}});
  REQUIRE(client->wait_acked(10s));
  CHECK(hub.received("hello").size() == 2);
  CHECK(hub.received("job_started").size() == 2);
  std::vector<int> twice;
  for (int round = 0; round < 2; ++round) {
    for (int n = 1; n <= 100; ++n) twice.push_back(n);
  }
  CHECK(progress_of(hub.received("job_progress")) == twice);
  CHECK(hub.received("job_completed").size() == 1);
  const auto seq = hub.received("job_completed")[0]["seq"].get<int>();
  CHECK(seq >= 102);  // numbered anew: started, 100 times progress, and it
}

TEST_CASE("reports made while the hub is down arrive when it is back") {
  TestHub hub;
  auto client = start(options_for(hub));
  hub.offer({job_json("job-1")});
  const Job job = take_job(*client);
  hub.go_down();
  client->started(job);
  for (std::uint64_t n = 1; n <= 50; ++n) client->progress(job, {.entity_type = "commit", .processed = n});
  hub.come_back();
  REQUIRE(client->wait_acked(10s));
  std::vector<int> expected;
  for (int n = 1; n <= 50; ++n) expected.push_back(n);
  auto seen = progress_of(hub.received("job_progress"));
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  CHECK(std::vector<int>(seen.end() - 50, seen.end()) == expected);
}

TEST_CASE("acked messages are not sent again") {
  TestHub hub;
  auto client = start(options_for(hub));
  hub.offer({job_json("job-1")});
  const Job job = take_job(*client);
  client->started(job);
  REQUIRE(client->wait_acked(10s));
  hub.drop();
  hub.wait_for("hello", 2);
  client->progress(job, {.entity_type = "commit", .processed = 1});
  REQUIRE(client->wait_acked(10s));
  CHECK(hub.received("job_started").size() == 1);
}

TEST_CASE("a hub that grants nothing is served without seq and lease list") {
  TestHub hub({.grants = {}, .heartbeat_interval = 10, .refuse = {}});
  auto client = start(options_for(hub));
  Json plain = job_json("job-1");
  plain.erase("lease");
  hub.offer({plain});
  const Job job = take_job(*client);
  client->started(job);
  client->completed(job, {});
  REQUIRE(client->wait_acked(10s));
  const auto completed = hub.wait_for("job_completed");
  CHECK_FALSE(completed.contains("seq"));
  CHECK_FALSE(completed.contains("lease"));
  CHECK(completed["data"]["finalCounts"] == Json::object());
  CHECK_FALSE(hub.wait_for("heartbeat")["data"].contains("jobs"));
}

TEST_CASE("a refused message is told, and one refused with retry is sent again") {
  TestHub hub;
  std::atomic<int> refusals = 0;
  hub.change([&](TestHub::Behaviour& b) {
    b.refuse = [&](const Json& message) -> std::optional<Json> {
      if (message["type"] == "job_completed" && refusals++ < 2) {
        return Json{{"code", "storage_busy"}, {"error", "later"}, {"retry", true}};
      }
      if (message["type"] == "discovery") return Json{{"code", "invalid"}, {"error", "no"}, {"retry", false}};
      return std::nullopt;
    };
  });
  auto options = options_for(hub);
  std::mutex mutex;
  std::vector<Rejection> told;
  options.callbacks.on_rejected = [&](const Rejection& rejection) {
    const std::lock_guard lock(mutex);
    told.push_back(rejection);
  };
  auto client = start(std::move(options));
  hub.offer({job_json("job-1")});
  const Job job = take_job(*client);
  client->started(job);
  client->discovery(job, "user", {{"1", "Ann", "ann", std::nullopt}});
  client->completed(job, {{"commit", 1}});
  REQUIRE(client->wait_acked(10s));
  CHECK(hub.received("job_completed").size() == 3);
  CHECK(hub.received("discovery").size() == 1);
  client.reset();
  REQUIRE(told.size() == 3);
  CHECK(told[0].type == "discovery");
  CHECK(told[0].code == "invalid");
  CHECK_FALSE(told[0].retry);
  CHECK(told[1].code == "storage_busy");
  CHECK(told[1].job_id == "job-1");
  CHECK(told[1].retry);
}

TEST_CASE("a progress refused with retry is not sent after a newer one") {
  TestHub hub;
  hub.change([](TestHub::Behaviour& b) { b.ack = false; });
  auto client = start(options_for(hub));
  hub.offer({job_json("job-1")});
  const Job job = take_job(*client);
  for (std::uint64_t n = 1; n <= 3; ++n) client->progress(job, {.entity_type = "commit", .processed = n});
  const auto newest = hub.wait_for("job_progress", 3);
  const auto first = newest["seq"].get<int>() - 2;
  const Json entry = {{"seq", first}, {"code", "busy"}, {"error", "later"}, {"retry", true}};
  hub.say({{"type", "ack"}, {"data", {{"seq", first + 2}, {"rejected", Json::array({entry})}}}});
  REQUIRE(client->wait_acked(10s));
  CHECK(hub.received("job_progress").size() == 3);
}

TEST_CASE("a job that the hub says is another's is lost, one with a bad report is not") {
  TestHub hub;
  const auto [code, expected] =
      GENERATE(std::pair{"not_holder", JobState::lost}, std::pair{"stale_lease", JobState::lost},
               std::pair{"invalid_field", JobState::running});
  hub.change([code = code](TestHub::Behaviour& b) {
    b.refuse = [code](const Json& message) -> std::optional<Json> {
      if (message["type"] != "job_progress") return std::nullopt;
      return Json{{"code", code}, {"error", "no"}, {"retry", false}};
    };
  });
  auto client = start(options_for(hub));
  hub.offer({job_json("job-1")});
  const Job job = take_job(*client);
  client->started(job);
  CHECK(client->keep_going(job));
  client->progress(job, {.entity_type = "commit", .processed = 1});
  REQUIRE(client->wait_acked(10s));
  CHECK(client->state(job) == expected);
  CHECK(client->keep_going(job) == (expected == JobState::running));
}

TEST_CASE("reports wait for room where the hub acks nothing, and stop frees them") {
  TestHub hub;
  hub.change([](TestHub::Behaviour& b) { b.ack = false; });
  auto options = options_for(hub);
  options.buffer_bytes = 1000;
  auto client = start(std::move(options));
  std::atomic<bool> sent = true;
  std::thread sender([&] {
    while (sent)
      sent = client->send("discovery", nullptr, {{"entityType", "user"}, {"entities", Json::array()}});
  });
  hub.wait_for("discovery", 5);
  CHECK(client->unacked() < 20);
  client->stop();
  sender.join();
  CHECK(client->next_job(10s).why == NextJob::Why::stopped);
}
