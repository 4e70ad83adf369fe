#include "trackers.hpp"

namespace crawlhub::progress {

void Trackers::forget(std::int64_t before_ns) {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    shard.trackers.erase_if([&](std::string_view, const Tracker& tracker) {
      return tracker.ended_ns() != 0 && tracker.ended_ns() < before_ns;
    });
  }
}

}  // namespace crawlhub::progress
