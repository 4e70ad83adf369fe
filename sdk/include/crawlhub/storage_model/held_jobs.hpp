// Which jobs a connection holds.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include <crawlhub/storage_model/job.hpp>

namespace crawlhub::storage_model {

// J is a Job. Thread: one at a time.
template <class J>
class HeldJobs {
 public:
  // REQUIRES: the job is held, by its lease's connection.
  void add(J& job) {
    auto& list = by_connection_[job.lease.connection];
    job.held_place = list.size();
    list.push_back(&job);
  }
  void remove(J& job, std::uint64_t connection) {
    const auto found = by_connection_.find(connection);
    if (found == by_connection_.end()) return;
    auto& list = found->second;
    if (job.held_place >= list.size() || list[job.held_place] != &job) return;
    list[job.held_place] = list.back();
    list[job.held_place]->held_place = job.held_place;
    list.pop_back();
    if (list.empty()) by_connection_.erase(found);
  }
  // After a transition.
  void moved(J& job, const JobPlace& before) {
    const JobPlace now = job.place();
    if (before.held == now.held && before.connection == now.connection) return;
    if (before.held) remove(job, before.connection);
    if (now.held) add(job);
  }
  // A copy, since ending their leases changes the list.
  std::vector<J*> of(std::uint64_t connection) const {
    const auto found = by_connection_.find(connection);
    return found == by_connection_.end() ? std::vector<J*>() : found->second;
  }
  std::vector<J*> all() const {
    std::vector<J*> jobs;
    for (const auto& [connection, list] : by_connection_) jobs.insert(jobs.end(), list.begin(), list.end());
    return jobs;
  }
  void clear() { by_connection_.clear(); }

 private:
  std::unordered_map<std::uint64_t, std::vector<J*>> by_connection_;
};

}  // namespace crawlhub::storage_model
