// What a crawler does in its life: hello, jobs, tokens, control, shutdown.
#include <condition_variable>
#include <future>
#include <mutex>

#include <catch2/catch.hpp>

#include "tests/sdk/client/client_fixture.hpp"

using namespace crawlhub::client;
using namespace crawlhub::client::test;
using namespace std::chrono_literals;

TEST_CASE("hello says who asks for what, and the welcome is told") {
  TestHub hub;
  auto options = options_for(hub);
  options.token = "secret";
  options.max_concurrent_jobs = 4;
  std::promise<Welcome> welcome;
  options.callbacks.on_connected = [&](const Welcome& said) { welcome.set_value(said); };
  auto client = start(std::move(options));
  REQUIRE(client->wait_connected(10s));
  const auto hello = hub.wait_for("hello");
  CHECK(hello["data"]["crawlerId"] == "crawler-1");
  CHECK(hello["data"]["token"] == "secret");
  CHECK(hello["data"]["version"] == "1.2.3");
  CHECK(hello["data"]["maxConcurrentJobs"] == 4);
  CHECK(hello["data"]["capabilities"] == Json({"acks", "leases", "errors", "control"}));
  CHECK_FALSE(hello.contains("seq"));
  const auto said = welcome.get_future().get();
  CHECK(said.connection_id == "c1");
  CHECK(said.durability == "full");
  CHECK(said.grants("leases"));
  CHECK_FALSE(said.grants("push"));
}

TEST_CASE("a job is asked for, worked on and reported, each report with its lease") {
  TestHub hub;
  auto options = options_for(hub);
  options.entity_types = {"commit"};
  auto client = start(std::move(options));
  hub.offer({job_json("job-1", 42)});
  const Job job = take_job(*client);
  CHECK(job.entity_id == "group/repo");
  CHECK(job.gitlab_url == "file:///srv");
  CHECK(job.resume_state->last_entity_id == "abc");
  CHECK(job.resume_state->current_page == 3);
  client->started(job);
  client->progress(job, {.entity_type = "commit", .processed = 10, .total = 20});
  client->completed(job, {{"commit", 20}}, {"out.ndjson"});
  REQUIRE(client->wait_acked(10s));
  CHECK(client->unacked() == 0);
  const auto request = hub.wait_for("job_request");
  CHECK(request["data"]["limit"] == 1);
  CHECK(request["data"]["entityTypes"] == Json({"commit"}));
  CHECK(request["data"]["waitSeconds"].get<int>() >= 9);
  for (const char* type : {"job_started", "job_progress", "job_completed"}) {
    const auto report = hub.wait_for(type);
    CHECK(report["jobId"] == "job-1");
    CHECK(report["lease"] == 42);
  }
  CHECK(hub.wait_for("job_completed")["data"]["outputFiles"] == Json({"out.ndjson"}));
}

TEST_CASE("next_job(0) asks and tells that the hub has none") {
  TestHub hub;
  auto client = start(options_for(hub));
  CHECK(client->next_job(0ms).why == NextJob::Why::none);
  CHECK(hub.received("job_request").size() == 1);
}

TEST_CASE("without a hub there is no answer, and the reason is known") {
  TestHub hub;
  hub.go_down();
  auto options = options_for(hub);
  options.answer_timeout = 50ms;
  std::promise<void> failed;
  std::once_flag once;
  options.callbacks.on_disconnected = [&](const std::string&, std::chrono::milliseconds) {
    std::call_once(once, [&] { failed.set_value(); });
  };
  options.hub += ".nowhere";
  auto client = start(std::move(options));
  CHECK(client->next_job(0ms).why == NextJob::Why::no_answer);
  failed.get_future().get();
  CHECK(client->last_error().find("cannot connect to unix:") == 0);
}

TEST_CASE("pause holds the crawler between pages, resume lets it go, cancel ends it") {
  TestHub hub;
  auto options = options_for(hub);
  std::mutex mutex;
  std::condition_variable changed;
  JobState state = JobState::running;
  options.callbacks.on_job_state = [&](const std::string&, JobState now) {
    const std::lock_guard lock(mutex);
    state = now;
    changed.notify_all();
  };
  const auto wait_state = [&](JobState wanted) {
    std::unique_lock lock(mutex);
    REQUIRE(changed.wait_for(lock, 10s, [&] { return state == wanted; }));
  };
  auto client = start(std::move(options));
  hub.offer({job_json("job-1")});
  const Job job = take_job(*client);
  client->started(job);
  hub.say({{"type", "pause_job"}, {"jobId", "job-1"}, {"data", Json::object()}});
  wait_state(JobState::paused);
  auto going = std::async(std::launch::async, [&] { return client->keep_going(job); });
  CHECK(going.wait_for(20ms) == std::future_status::timeout);
  hub.say({{"type", "resume_job"}, {"jobId", "job-1"}, {"data", Json::object()}});
  CHECK(going.get());
  hub.say({{"type", "cancel_job"}, {"jobId", "job-1"}, {"data", Json::object()}});
  wait_state(JobState::cancelled);
  CHECK_FALSE(client->keep_going(job));
}

TEST_CASE("heartbeats tell what runs") {
  TestHub hub;
  hub.change([](TestHub::Behaviour& b) { b.heartbeat_interval = 10; });
  auto client = start(options_for(hub));
  hub.offer({job_json("job-1")});
  const Job job = take_job(*client);
  client->started(job);
  hub.wait_for([](const std::vector<Json>& all) {
    return !all.empty() && all.back()["type"] == "heartbeat" && all.back()["data"]["activeJobs"] == 1;
  });
  const auto beats = hub.received("heartbeat");
  CHECK(beats.back()["data"]["jobs"] == Json({"job-1"}));
  CHECK(beats.back()["data"]["systemStatus"] == "processing");
}

TEST_CASE("a job that is handed out again while it runs is not run twice, and takes the new lease") {
  TestHub hub;
  hub.change([](TestHub::Behaviour& b) { b.ack = false; });
  auto options = options_for(hub);
  options.max_concurrent_jobs = 2;
  auto client = start(std::move(options));
  hub.offer({job_json("job-1", 1)});
  const Job job = take_job(*client);
  client->started(job);
  hub.offer({job_json("job-1", 2), job_json("job-2", 3)});
  CHECK(take_job(*client).id == "job-2");
  client->progress(job, {.entity_type = "commit", .processed = 1});
  CHECK(hub.wait_for("job_progress")["lease"] == 2);
}

TEST_CASE("a token is renewed") {
  TestHub hub;
  auto client = start(options_for(hub));
  hub.offer({job_json("job-1")});
  const Job job = take_job(*client);
  auto token = std::async(std::launch::async, [&] { return client->refresh_token(job, 10s); });
  hub.wait_for("token_refresh_request");
  const Json data = {
      {"accessToken", "new"}, {"expiresAt", "2030-01-01T00:00:00Z"}, {"refreshSuccessful", true}};
  hub.say({{"type", "token_refresh_response"}, {"jobId", "job-1"}, {"data", data}});
  auto renewed = token.get();
  REQUIRE(renewed);
  CHECK(renewed->access_token == "new");

  token = std::async(std::launch::async, [&] { return client->refresh_token(job, 10s); });
  hub.wait_for("token_refresh_request", 2);
  hub.say({{"type", "token_refresh_response"},
           {"jobId", "job-1"},
           {"data", {{"accessToken", ""}, {"refreshSuccessful", false}, {"error_message", "revoked"}}}});
  renewed = token.get();
  REQUIRE_FALSE(renewed);
  CHECK(renewed.error() == "revoked");
}

TEST_CASE("a pushed job needs no request") {
  TestHub hub({.grants = {"acks", "push"}, .refuse = {}});
  auto client = start(options_for(hub));
  REQUIRE(client->wait_connected(10s));
  hub.say({{"type", "job_assignment"},
           {"data",
            {{"job_id", "job-9"},
             {"job_type", "crawl_project"},
             {"namespace_path", "group/repo"},
             {"gitlab_host", "https://h"},
             {"access_token", "t"},
             {"priority", 1},
             {"resume", true}}}});
  const Job job = take_job(*client);
  CHECK(job.entity_type == "project");
  CHECK(job.entity_id == "group/repo");
  CHECK(job.resumed);
}

TEST_CASE("a refusal of hello is told and tried again") {
  TestHub hub({.answer_hello = false, .refuse = {}});
  auto options = options_for(hub);
  options.answer_timeout = 10s;
  std::promise<std::string> reason;
  std::once_flag once;
  options.callbacks.on_disconnected = [&](const std::string& why, std::chrono::milliseconds) {
    std::call_once(once, [&] { reason.set_value(why); });
  };
  auto client = start(std::move(options));
  hub.wait_for("hello");
  hub.change([](TestHub::Behaviour& b) { b.answer_hello = true; });
  hub.say({{"type", "error"}, {"data", {{"category", "authentication"}, {"error", "wrong token"}}}});
  CHECK(reason.get_future().get() == "wrong token");
  CHECK(client->wait_connected(10s));
}

TEST_CASE("after a shutdown message nothing is asked for until the hub is back") {
  TestHub hub;
  auto options = options_for(hub);
  std::promise<Shutdown> shutdown;
  options.callbacks.on_shutdown = [&](const Shutdown& said) { shutdown.set_value(said); };
  auto client = start(std::move(options));
  REQUIRE(client->wait_connected(10s));
  hub.say(
      {{"type", "shutdown"}, {"data", {{"graceful", true}, {"timeout_seconds", 7}, {"reason", "update"}}}});
  const auto said = shutdown.get_future().get();
  CHECK(said.timeout == 7s);
  CHECK(said.reason == "update");
  hub.offer({job_json("job-1")});
  auto next = std::async(std::launch::async, [&] { return client->next_job(10s); });
  CHECK(next.wait_for(20ms) == std::future_status::timeout);
  CHECK(hub.received("job_request").empty());
  hub.drop();
  CHECK(next.get().job.id == "job-1");
}

TEST_CASE("options that can never work are refused with a sentence") {
  Options options;
  options.crawler_id = "c";
  for (const char* hub :
       {"", "/run/x", "unix:", "tcp:host", "tcp:host:0", "tcp:host:70000", "tcp::80", "http://x"}) {
    options.hub = hub;
    INFO(hub);
    CHECK_FALSE(Client::start(options));
  }
  CHECK(parse_address("tcp:[::1]:7070")->host == "::1");
}
