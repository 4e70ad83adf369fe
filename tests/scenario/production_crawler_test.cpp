// A crawler that behaves as those in production do (docs/protocol.md, "What production crawlers really do")
// loses no job while the hub is stopped, killed and started under it.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include <catch2/catch.hpp>
#include <signal.h>

#include "tests/scenario/scenario.hpp"

using namespace crawlhub::testing;
using nlohmann::json;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

namespace {

constexpr milliseconds kBeat(200), kAsk(200), kRetry(50);  // five seconds each in production
constexpr milliseconds kStep(50);                          // between two reports of a job
constexpr int kJobs = 40;

// What such a crawler has in its hands of one job.
struct Work {
  std::string entity_id;
  int step = 0;
  // Reports until it is done: half a second to four.
  int steps() const { return 10 + static_cast<int>(std::hash<std::string>()(entity_id) % 8) * 10; }
};

class ProductionCrawler {
 public:
  explicit ProductionCrawler(std::string path) : path_(std::move(path)) {
    thread_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) round();
    });
  }
  int connects() const { return connects_; }

 private:
  void round() {
    try {
      if (!socket_) connect();
      read();
      if (due(next_beat_, kBeat))
        say("heartbeat", {{"activeJobs", 0}, {"totalProcessed", 0}, {"systemStatus", "idle"}});
      if (running_.empty() && due(next_ask_, kAsk)) say("job_request", json::object());
    } catch (const std::runtime_error&) {
      socket_.reset();
      eventually([this] { return Clock::now() >= std::min(next_connect_, next_step_); });
    }
    if (due(next_step_, kStep)) work();
  }

  static bool due(Clock::time_point& next, milliseconds every) {
    if (Clock::now() < next) return false;
    next = Clock::now() + every;
    return true;
  }

  void connect() {
    if (!due(next_connect_, kRetry)) throw std::runtime_error("later");
    socket_ = std::make_unique<Socket>(Socket::unix_path(path_));
    ++connects_;
    say("job_request", json::object());
  }

  // Waits, too, until the next report is due. All but two types are ignored, shutdown included.
  void read() {
    const auto left = std::chrono::duration_cast<milliseconds>(next_step_ - Clock::now());
    const auto got = socket_->receive(std::max(left, milliseconds(0)));
    if (!got && socket_->closed(milliseconds(0))) throw std::runtime_error("closed");
    if (!got || (*got)["type"] != "job_response") return;
    for (const json& job : (*got)["data"]["jobs"]) {
      const bool fresh = running_.try_emplace(job["id"], Work{job["entityId"]}).second;
      if (fresh)
        say("job_started", {{"entityType", job["entityType"]}, {"entityId", job["entityId"]}}, job["id"]);
    }
  }

  // Each job a step further, connected or not; what cannot be said is not said later either.
  void work() {
    for (auto at = running_.begin(); at != running_.end();) {
      at = step(at->first, at->second) ? running_.erase(at) : std::next(at);
    }
  }

  // Whether the job is done with.
  bool step(const std::string& id, Work& work) {
    ++work.step;
    if (work.step < work.steps()) {
      try_say("job_progress",
              {{"stage", "fetching"},
               {"entityType", "project"},
               {"processed", work.step},
               {"total", work.steps()},
               {"resumeState", {{"currentPage", work.step}}}},
              id);
      return false;
    }
    const bool first = failed_once_.insert(work.entity_id).second;
    if (first && work.entity_id.ends_with("3")) {
      try_say("job_failed", {{"error", "timed out"}, {"isRecoverable", true}}, id);
      last_failed_ = id;
      return true;
    }
    if (work.entity_id.starts_with("g/") && work.entity_id.ends_with("5")) discover(id, work.entity_id);
    try_say("job_completed", {{"success", true}, {"finalCounts", {{"project", work.step}}}}, id);
    return true;
  }

  // In the name of the wrong job: another that runs, or one just reported as failed.
  void discover(const std::string& id, const std::string& entity_id) {
    std::string named = last_failed_.empty() ? id : last_failed_;
    if (running_.size() > 1 && last_failed_.empty()) {
      named = running_.begin()->first == id ? running_.rbegin()->first : running_.begin()->first;
    }
    try_say("jobs_discovered",
            {{"discovered_jobs", json::array({{{"job_type", "crawl_user"},
                                               {"entity_id", "of " + entity_id},
                                               {"namespace_path", "user/" + entity_id},
                                               {"entity_name", "U"}}})}},
            named);
  }

  void say(const std::string& type, const json& data, const std::string& job = {}) {
    socket_->send_message(message(type, data, job), false);
  }
  void try_say(const std::string& type, const json& data, const std::string& job) {
    if (!socket_) return;
    try {
      say(type, data, job);
    } catch (const std::runtime_error&) {
      socket_.reset();
    }
  }

  const std::string path_;
  std::unique_ptr<Socket> socket_;
  std::map<std::string, Work> running_;
  std::set<std::string> failed_once_;
  std::string last_failed_;
  Clock::time_point next_beat_, next_ask_, next_connect_, next_step_;
  std::atomic<int> connects_ = 0;
  std::jthread thread_;
};

HubOptions durable() {
  HubOptions options;
  options.storage = "storage-sqlite";
  options.plugin_configs = {
      {"handler-jobs",
       "{ lease: 5s, start_within: 10s, backoff: { first: 50ms, most: 200ms }, reconnect: { without: 4s } }"},
      {"handler-discovery", "{ data_types: { project: [], group: [] } }"}};
  return options;
}

std::size_t count(Hub& hub, const std::string& state) {
  return jobs(hub, {{"status", state}}).size();
}

// Waits until work goes on and something more was done, so that what is in hand is of this run of the hub.
std::vector<std::string> held_after_more_work(Hub& hub) {
  const std::size_t finished = count(hub, "finished");
  REQUIRE(eventually([&] { return count(hub, "finished") > finished && count(hub, "running") >= 3; },
                     std::chrono::seconds(60)));
  std::vector<std::string> ids;
  for (const json& job : jobs(hub, {{"status", "running"}})) ids.push_back(job["id"]);
  return ids;
}

std::map<std::string, json> leases_of(Hub& hub, const std::vector<std::string>& ids) {
  std::map<std::string, json> leases;
  for (const std::string& id : ids) leases[id] = show(hub, id)["lease"];
  return leases;
}

}  // namespace

TEST_CASE("production crawlers lose no job while the hub is stopped, killed and started under them") {
  Hub hub(durable());
  hub.start();
  add_account(hub);
  json list = json::array();
  for (int i = 0; i < kJobs; ++i) {
    list.push_back({{"entityType", "project"}, {"entityId", "g/" + std::to_string(i)}, {"account", "acme"}});
  }
  hub.admin("jobs.add", {{"jobs", list}});
  ProductionCrawler one(hub.socket()), two(hub.socket());

  std::size_t taken_up = 0;
  for (const bool kill : {false, true, false}) {
    const auto leases = leases_of(hub, held_after_more_work(hub));
    if (kill) {
      hub.kill();
    } else {
      CHECK(hub.stop() == 0);
    }
    hub.start();
    // A job that its crawler took up again has the lease that it had.
    eventually([&] {
      return std::ranges::any_of(leases, [&](const auto& one_lease) {
        const json job = show(hub, one_lease.first);
        const bool same = job["lease"] == one_lease.second && job["status"] != "queued";
        taken_up += same ? 1 : 0;
        return same;
      });
    });
  }
  CHECK(taken_up == 3);

  REQUIRE(eventually([&] { return count(hub, "finished") == jobs(hub).size(); }, std::chrono::minutes(2)));
  std::set<std::string> users;
  std::size_t projects = 0;
  for (const json& job : jobs(hub)) {
    if (job["entityType"] == "project") ++projects;
    if (job["entityType"] == "user") users.insert(job["entityId"]);
  }
  CHECK(projects == kJobs);
  CHECK(users == std::set<std::string>{"user/g/5", "user/g/15", "user/g/25", "user/g/35"});
  CHECK(one.connects() >= 4);
  CHECK(two.connects() >= 4);
}

TEST_CASE("a stop of the hub costs no job an attempt") {
  HubOptions options = durable();
  options.plugin_configs = {{"handler-jobs", "{ reconnect: { hello: 10ms, without: 10ms } }"}};
  Hub hub(options);
  hub.start();
  add_account(hub);
  const std::string id = add_job(hub, "g/p");
  for (int round = 0; round < 4; ++round) {
    Socket crawler = round % 2 == 0 ? join(hub, "one") : Socket::unix_path(hub.socket());
    REQUIRE_FALSE(ask_for(crawler, id).is_null());
    CHECK(show(hub, id)["attempts"] == 1);
    crawler.send_message(message("job_started", json::object(), id));
    REQUIRE(becomes(hub, id, "running"));
    if (round < 2) {
      CHECK(hub.stop() == 0);
    } else {
      hub.kill();
    }
    hub.start();
    CHECK(show(hub, id)["attempts"] == 0);
  }
}
