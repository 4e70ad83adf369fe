#pragma once

#include <cstddef>
#include <deque>
#include <string_view>
#include <vector>

#include <crawlhub/storage_model/held_jobs.hpp>
#include <crawlhub/storage_model/job_table.hpp>

#include "hot_job.hpp"

namespace crawlhub::storage_sqlite {

// The jobs in memory: all that are held or have progress to fold, and those that were used of late. Thread:
// one at a time.
class HotJobs {
 public:
  // Where a job is read into. It counts once it is kept; else it is to be given back.
  HotJob& blank() {
    if (free_.empty()) return pool_.emplace_back();
    HotJob& job = *free_.back();
    free_.pop_back();
    return job;
  }
  void give_back(HotJob& job) {
    job = HotJob();
    free_.push_back(&job);
  }
  // REQUIRES: no job with its id is in.
  void keep(HotJob& job) {
    job.used = true;
    table_.insert(&job);
    kept_.push_back(&job);
    if (job.lease.held()) held_.add(job);
  }

  HotJob* find(std::string_view id) noexcept {
    HotJob* job = table_.find(id);
    if (job != nullptr) job->used = true;
    return job;
  }
  const JobTable<HotJob>& table() const noexcept { return table_; }
  HeldJobs<HotJob>& held() noexcept { return held_; }
  std::size_t size() const noexcept { return kept_.size(); }

  // Looks at up to a number of jobs in turn and forgets those that are in their rows, held by nobody, and not
  // used since the last look. Not while anybody has pointers to jobs.
  void forget(std::size_t looks) {
    while (looks-- > 0 && kept_.size() > kKeep) {
      if (next_ >= kept_.size()) next_ = 0;
      HotJob& job = *kept_[next_];
      if (job.dirty || job.listed || job.pending || job.lease.held() || job.used) {
        job.used = false;
        ++next_;
        continue;
      }
      table_.erase(job.id);
      kept_[next_] = kept_.back();
      kept_.pop_back();
      give_back(job);
    }
  }
  void clear() {
    table_.clear();
    held_.clear();
    kept_.clear();
    free_.clear();
    pool_.clear();
    next_ = 0;
  }

 private:
  static constexpr std::size_t kKeep = 2048;

  std::deque<HotJob> pool_;  // does not move its jobs
  std::vector<HotJob*> free_, kept_;
  JobTable<HotJob> table_;
  HeldJobs<HotJob> held_;
  std::size_t next_ = 0;
};

}  // namespace crawlhub::storage_sqlite
