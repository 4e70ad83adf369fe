#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <crawlhub/client/job.hpp>
#include <crawlhub/client/options.hpp>

namespace crawlhub::client::detail {

/// The jobs that this crawler was handed and has neither finished nor given up. Not thread-safe.
class HeldJobs {
 public:
  /// @return false where the job is held already: the hub hands a job out again after a reconnect.
  bool add(const Job& job) {
    const auto [entry, fresh] = jobs_.try_emplace(job.id, Held{job.lease, false, JobState::running});
    if (!fresh) entry->second.lease = job.lease;
    return fresh;
  }

  void start(const std::string& id) {
    if (const auto job = jobs_.find(id); job != jobs_.end()) job->second.started = true;
  }

  void remove(const std::string& id) { jobs_.erase(id); }

  /// The number of the newest hand-out; `otherwise` for a job that is not held.
  std::optional<std::uint64_t> lease(const std::string& id, std::optional<std::uint64_t> otherwise) const {
    const auto job = jobs_.find(id);
    return job == jobs_.end() ? otherwise : job->second.lease;
  }

  /// @return false where the job is not held or had that state.
  bool set_state(const std::string& id, JobState state) {
    const auto job = jobs_.find(id);
    if (job == jobs_.end() || job->second.state == state) return false;
    job->second.state = state;
    return true;
  }

  /// A job that is not held is `lost`.
  JobState state(const std::string& id) const {
    const auto job = jobs_.find(id);
    return job == jobs_.end() ? JobState::lost : job->second.state;
  }

  std::size_t size() const { return jobs_.size(); }

  /// The ids of those that were started and still belong to this crawler.
  Json running() const {
    Json ids = Json::array();
    for (const auto& [id, job] : jobs_) {
      if (job.started && (job.state == JobState::running || job.state == JobState::paused)) ids.push_back(id);
    }
    return ids;
  }

 private:
  struct Held {
    std::optional<std::uint64_t> lease;
    bool started;
    JobState state;
  };
  std::map<std::string, Held> jobs_;
};

}  // namespace crawlhub::client::detail
