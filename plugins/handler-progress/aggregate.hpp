// All jobs together, as the web application shows them.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string_view>

#include <crawlhub/json_text.hpp>

#include "trackers.hpp"

namespace crawlhub::progress {

// What this process used since it was last asked: percent of one processor, MiB resident, bytes of reports a
// second. Thread: any.
class Utilization {
 public:
  // A report of so many bytes was seen.
  void add_bytes(std::uint64_t bytes) noexcept { bytes_.fetch_add(bytes, std::memory_order_relaxed); }
  void write(JsonText& json, std::int64_t now_ns);

 private:
  std::atomic<std::uint64_t> bytes_{0};
  std::mutex mutex_;
  std::int64_t asked_ns_ = 0, processor_ns_ = 0;
  std::uint64_t asked_bytes_ = 0;
};

// Appends the aggregate, an object. counts: {state: jobs} as the storage answers CRAWLHUB_QUERY_JOB_COUNTS.
void write_aggregate(JsonText& json, const Trackers& trackers, std::string_view counts,
                     Utilization& utilization, std::int64_t now_ns);

}  // namespace crawlhub::progress
