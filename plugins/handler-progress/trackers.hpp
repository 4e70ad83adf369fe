// The trackers of all jobs that were reported on since the start, or ran before it.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string_view>

#include <crawlhub/text_map.hpp>

#include "tracker.hpp"

namespace crawlhub::progress {

// In shards with a lock each: reports of different jobs seldom meet, so a lock costs no more than its
// instruction. Thread: any.
class Trackers {
 public:
  // Calls visit with the job's tracker, made where there is none. visit must not call back.
  template <class Visit>
  void with(std::string_view job, Visit visit) {
    const std::uint64_t hash = hash_text(job);
    Shard& shard = shard_of(hash);
    const std::lock_guard lock(shard.mutex);
    visit(shard.trackers.get(job, hash).first);
  }
  // The same where there is one. False where there is none.
  template <class Visit>
  bool with_known(std::string_view job, Visit visit) {
    const std::uint64_t hash = hash_text(job);
    Shard& shard = shard_of(hash);
    const std::lock_guard lock(shard.mutex);
    Tracker* tracker = shard.trackers.find(job, hash);
    if (tracker != nullptr) visit(*tracker);
    return tracker != nullptr;
  }
  // visit(job, tracker)
  template <class Visit>
  void for_each(Visit visit) const {
    for (const Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      shard.trackers.for_each(visit);
    }
  }
  // Forgets what ended before that time.
  void forget(std::int64_t before_ns);

 private:
  static constexpr std::size_t kShards = 64;

  struct alignas(64) Shard {
    mutable std::mutex mutex;
    TextMap<Tracker> trackers;
  };
  // By bits that the maps do not use first: they take the upper ones.
  Shard& shard_of(std::uint64_t hash) noexcept { return shards_[(hash >> 16) % kShards]; }

  std::array<Shard, kShards> shards_;
};

}  // namespace crawlhub::progress
