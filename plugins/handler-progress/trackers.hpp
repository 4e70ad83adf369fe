// The trackers of all jobs that were reported on since the start, or ran before it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "tracker.hpp"

namespace crawlhub::progress {

// In shards with a lock each: reports of different jobs seldom meet, so a lock costs no more than its
// instruction. Thread: any.
class Trackers {
 public:
  // Calls visit with the job's tracker, made where there is none. visit must not call back.
  template <class Visit>
  void with(std::string_view job, Visit visit) {
    Shard& shard = shard_of(job);
    const std::lock_guard lock(shard.mutex);
    auto found = shard.trackers.find(job);
    if (found == shard.trackers.end()) found = shard.trackers.emplace(std::string(job), Tracker()).first;
    visit(found->second);
  }
  // The same where there is one. False where there is none.
  template <class Visit>
  bool with_known(std::string_view job, Visit visit) {
    Shard& shard = shard_of(job);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.trackers.find(job);
    if (found == shard.trackers.end()) return false;
    visit(found->second);
    return true;
  }
  void for_each(const std::function<void(const std::string& job, const Tracker&)>& visit) const;
  // Forgets what ended before that time.
  void forget(std::int64_t before_ns);

 private:
  static constexpr std::size_t kShards = 64;

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>()(text);
    }
  };
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    std::unordered_map<std::string, Tracker, Hash, std::equal_to<>> trackers;
  };
  Shard& shard_of(std::string_view job) noexcept { return shards_[(Hash()(job) >> 48) % kShards]; }

  std::array<Shard, kShards> shards_;
};

}  // namespace crawlhub::progress
