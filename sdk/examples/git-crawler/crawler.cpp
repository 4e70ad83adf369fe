#include "crawler.hpp"

#include <thread>
#include <vector>

#include "job_runner.hpp"

namespace crawlhub::git_crawler {

using namespace std::chrono_literals;
using client::NextJob;

namespace {

constexpr int kNoHub = 3;
constexpr auto kPageGrace = 10s;  // for the page at hand, when told to stop
constexpr auto kAckGrace = 5s;    // for the hub's ack of the last report

}  // namespace

Crawler::Crawler(const CommandLine& options, Stop& stop)
    : options_(options), stop_(stop), log_(options.quiet), rate_(options.rate, stop) {}

client::Options Crawler::client_options() {
  client::Options options;
  options.hub = options_.hub;
  options.crawler_id = options_.id;
  options.token = options_.token;
  options.version = CRAWLHUB_GIT_CRAWLER_VERSION;
  options.entity_types = {"areas", "project", "branch", "commit", "release"};
  options.max_concurrent_jobs = options_.parallel;
  auto& callbacks = options.callbacks;
  callbacks.on_connected = [this](const client::Welcome& welcome) {
    last_seen_ = std::chrono::steady_clock::now();
    log_.info("connected to " + options_.hub + " as " + options_.id + ", connection " +
              welcome.connection_id);
  };
  callbacks.on_disconnected = [this](const std::string& reason, std::chrono::milliseconds retry_in) {
    const auto now = std::chrono::steady_clock::now();
    log_.warning("no hub: " + reason + "; next attempt in " + std::to_string(retry_in.count()) + " ms");
    if (options_.hub_timeout > 0s && now - last_seen_ >= options_.hub_timeout) stop_.request(kNoHub);
  };
  callbacks.on_rejected = [this](const client::Rejection& rejection) {
    log_.warning("the hub refused " + rejection.type + " of job " + rejection.job_id + ": " +
                 rejection.error + " (" + rejection.code + (rejection.retry ? "), sent again" : ")"));
  };
  callbacks.on_job_state = [this](const std::string& job, client::JobState state) {
    static constexpr const char* kNames[] = {"goes on", "is paused", "is cancelled", "is no longer ours"};
    log_.info("job " + job + " " + kNames[static_cast<int>(state)]);
  };
  callbacks.on_shutdown = [this](const client::Shutdown& shutdown) {
    log_.info("the hub is about to stop" + (shutdown.reason.empty() ? "" : ": " + shutdown.reason));
  };
  return options;
}

int Crawler::run() {
  last_seen_ = std::chrono::steady_clock::now();
  auto hub = client::Client::start(client_options());
  if (!hub) {
    log_.warning(hub.error());
    return 2;
  }
  hub_ = std::move(*hub);
  std::vector<std::thread> workers;
  for (unsigned n = 0; n < options_.parallel; ++n) workers.emplace_back([this] { work(); });
  stop_.wait();
  finish();
  for (auto& worker : workers) worker.join();
  return stop_.exit_code();
}

/// Lets the pages at hand end and be acked, then ends every wait.
void Crawler::finish() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPageGrace, [this] { return busy_ == 0; });
  }
  if (!hub_->wait_acked(hub_->connected() ? kAckGrace : 0s)) {
    log_.warning(std::to_string(hub_->unacked()) +
                 " reports were not acked; the jobs go on from the last one that was");
  }
  hub_->stop();
}

void Crawler::work() {
  JobRunner runner(*hub_, options_, rate_, stop_, log_);
  while (!stop_.requested()) {
    std::unique_lock lock(mutex_);
    const auto moment = moment_;
    const auto wait = !options_.once ? 60s : busy_ > 0 ? 1s : 0s;
    lock.unlock();
    const auto next = hub_->next_job(wait);
    if (options_.once && idle_after(moment, next)) stop_.request();
    if (!next || stop_.requested()) continue;
    lock.lock();
    ++busy_, ++moment_;
    lock.unlock();
    runner.run(next.job);
    // What a discovery found must be at the hub before it is asked whether there is more to do.
    if (options_.once) hub_->wait_acked(60s);
    lock.lock();
    --busy_, ++moment_;
    changed_.notify_all();
  }
}

/// The hub had nothing, no other thread has a job (maybe out of the same answer), and since the hub was asked
/// none has run here that could have led to more.
bool Crawler::idle_after(std::uint64_t moment, const NextJob& next) {
  const std::lock_guard lock(mutex_);
  return next.why == NextJob::Why::none && hub_->held() == 0 && busy_ == 0 && moment_ == moment;
}

}  // namespace crawlhub::git_crawler
