#include "trackers.hpp"

namespace crawlhub::progress {

void Trackers::for_each(const std::function<void(const std::string& job, const Tracker&)>& visit) const {
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const auto& [job, tracker] : shard.trackers) visit(job, tracker);
  }
}

void Trackers::forget(std::int64_t before_ns) {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    std::erase_if(shard.trackers, [&](const auto& entry) {
      return entry.second.ended_ns() != 0 && entry.second.ended_ns() < before_ns;
    });
  }
}

}  // namespace crawlhub::progress
