// Counters that are kept, never computed: jobs by account, entity type and state; areas and entities by type.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include <crawlhub/abi/storage_ops.h>
#include <crawlhub/storage_model/names.hpp>
#include <crawlhub/storage_model/progress.hpp>

namespace crawlhub::storage_model {

constexpr std::size_t kStates = CRAWLHUB_JOB_CANCELLED + 1;  // by number; 0 is none

// Jobs of one account and entity type, by state.
struct JobGroup {
  NameId account = 0, entity_type = 0;
  std::array<std::int64_t, kStates> jobs{};
};

// Thread: one at a time.
class Counters {
 public:
  std::uint32_t group(NameId account, NameId entity_type) {
    const std::uint64_t key = std::uint64_t{account} << 32 | entity_type;
    const auto [found, added] = by_key_.try_emplace(key, static_cast<std::uint32_t>(groups_.size()));
    if (added) groups_.push_back({account, entity_type, {}});
    return found->second;
  }
  void moved(std::uint32_t group, std::uint16_t from, std::uint16_t to) {
    auto& jobs = groups_[group].jobs;
    --jobs[from];
    ++jobs[to];
  }
  void added(std::uint32_t group, std::uint16_t state) { ++groups_[group].jobs[state]; }

  const std::vector<JobGroup>& groups() const noexcept { return groups_; }
  JobGroup& at(std::uint32_t group) noexcept { return groups_[group]; }
  std::array<std::int64_t, kStates> by_state() const {
    std::array<std::int64_t, kStates> sum{};
    for (const JobGroup& group : groups_) {
      for (std::size_t state = 0; state < kStates; ++state) sum[state] += group.jobs[state];
    }
    return sum;
  }
  std::int64_t queued(NameId entity_type) const {
    std::int64_t sum = 0;
    for (const JobGroup& group : groups_) {
      if (group.entity_type == entity_type) sum += group.jobs[CRAWLHUB_JOB_QUEUED];
    }
    return sum;
  }

  ItemCounts items, areas, entities;  // by type

 private:
  std::vector<JobGroup> groups_;
  std::unordered_map<std::uint64_t, std::uint32_t> by_key_;
};

}  // namespace crawlhub::storage_model
