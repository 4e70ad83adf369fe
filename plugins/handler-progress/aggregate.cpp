#include "aggregate.hpp"

#include <algorithm>
#include <fstream>

#include <sys/resource.h>
#include <unistd.h>

#include <crawlhub/json_walk.hpp>

namespace crawlhub::progress {
namespace {

struct Counts {
  std::int64_t total = 0, active = 0, completed = 0, failed = 0;
};

Counts read_counts(std::string_view json) {
  Counts counts;
  for (JsonWalk walk(json); walk.next();) {
    const std::int64_t jobs = walk.member().integer().value_or(0);
    const std::string_view state = walk.key();
    counts.total += jobs;
    if (state == "finished") counts.completed += jobs;
    // The web application shows cancelled as failed.
    if (state == "failed" || state == "cancelled" || state == "credential_expired") counts.failed += jobs;
    if (state == "assigned" || state == "running" || state == "paused" ||
        state == "waiting_credential_renewal" || state == "credential_renewed") {
      counts.active += jobs;
    }
  }
  return counts;
}

struct Sums {
  double completion = 0;  // of jobs that have not ended, each at most 1
  double rate = 0;
  double remaining = -1;  // of the slowest whose end is known; below 0: of none
};

Sums add_up(const Trackers& trackers, std::int64_t now_ns) {
  Sums sums;
  trackers.for_each([&](std::string_view, const Tracker& tracker) {
    if (has_ended(tracker.state())) return;
    sums.completion += tracker.completion();
    sums.rate += tracker.rate(now_ns);
    sums.remaining = std::max(sums.remaining, tracker.remaining(now_ns));
  });
  return sums;
}

std::int64_t processor_time_ns() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto ns = [](const timeval& time) { return time.tv_sec * 1'000'000'000LL + time.tv_usec * 1'000LL; };
  return ns(usage.ru_utime) + ns(usage.ru_stime);
}

double resident_mib() {
  std::ifstream statm("/proc/self/statm");
  double size = 0;
  double resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1024.0 * 1024.0);
}

}  // namespace

void Utilization::write(JsonText& json, std::int64_t now_ns) {
  const std::lock_guard lock(mutex_);
  const std::int64_t processor = processor_time_ns();
  const std::uint64_t bytes = bytes_.load(std::memory_order_relaxed);
  const double span = static_cast<double>(now_ns - asked_ns_);
  const bool known = asked_ns_ != 0 && span > 0;
  json.begin_object();
  json.field("cpu_usage", known ? 100 * static_cast<double>(processor - processor_ns_) / span : 0.0);
  json.field("memory_usage", resident_mib());
  json.field("network_usage", known ? 1e9 * static_cast<double>(bytes - asked_bytes_) / span : 0.0)
      .end_object();
  asked_ns_ = now_ns;
  processor_ns_ = processor;
  asked_bytes_ = bytes;
}

void write_aggregate(JsonText& json, const Trackers& trackers, std::string_view counts,
                     Utilization& utilization, std::int64_t now_ns) {
  const Counts jobs = read_counts(counts);
  const Sums sums = add_up(trackers, now_ns);
  const double ended = static_cast<double>(jobs.completed + jobs.failed);
  const double total = static_cast<double>(jobs.total);
  json.begin_object().field("total_jobs", jobs.total).field("active_jobs", jobs.active);
  json.field("completed_jobs", jobs.completed).field("failed_jobs", jobs.failed);
  json.field("overall_completion", total > 0 ? std::min(1.0, (ended + sums.completion) / total) : 0.0);
  if (sums.remaining >= 0) {
    json.field("estimated_time_remaining", static_cast<std::int64_t>(sums.remaining * 1000));
  } else {
    json.key("estimated_time_remaining").null();
  }
  json.field("combined_throughput", sums.rate).key("resource_utilization");
  utilization.write(json, now_ns);
  json.end_object();
}

}  // namespace crawlhub::progress
