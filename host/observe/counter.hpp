#pragma once

#include <array>
#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

#include "host/observe/metrics.hpp"

namespace crawlhub {

// A count with one writer, read by anybody: adding is a plain load and store, no locked instruction.
class Counter {
 public:
  void add(std::uint64_t n = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

// A quantity that goes up and down, with one writer.
class Gauge {
 public:
  void set(std::int64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  void add(std::int64_t n) noexcept { set(value() + n); }
  std::int64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_ = 0;
};

// Durations from 10 us to 10 s, in nanoseconds.
inline constexpr std::array<std::uint64_t, 13> kDurationBounds_ns = {
    10'000,     30'000,      100'000,     300'000,       1'000'000,     3'000'000,     10'000'000,
    30'000'000, 100'000'000, 300'000'000, 1'000'000'000, 3'000'000'000, 10'000'000'000};

// Observations in buckets with fixed bounds, one writer.
class Histogram {
 public:
  static constexpr std::size_t kMostBounds = 20;

  // bounds: ascending, at most kMostBounds, and they must outlive the histogram (a constexpr array does).
  explicit Histogram(std::span<const std::uint64_t> bounds = kDurationBounds_ns) noexcept : bounds_(bounds) {
    assert(bounds.size() <= kMostBounds);
  }

  void observe(std::uint64_t value) noexcept {
    std::size_t bucket = 0;
    while (bucket < bounds_.size() && value > bounds_[bucket]) ++bucket;
    buckets_[bucket].add();
    sum_.add(value);
  }

  // Adds what was observed to sample, as one more writer of the same bounds. divisor turns an observed value
  // into the unit of the metric's name: 1e9 for seconds.
  void add_to(MetricSample& sample, double divisor) const {
    if (sample.buckets.empty()) {
      for (const std::uint64_t bound : bounds_)
        sample.buckets.push_back({static_cast<double>(bound) / divisor, 0});
    }
    std::uint64_t cumulative = 0;
    for (std::size_t i = 0; i <= bounds_.size(); ++i) {
      cumulative += buckets_[i].value();
      if (i < bounds_.size()) sample.buckets[i].cumulative += cumulative;
    }
    sample.count += cumulative;
    sample.sum += static_cast<double>(sum_.value()) / divisor;
  }

 private:
  std::span<const std::uint64_t> bounds_;
  std::array<Counter, kMostBounds + 1> buckets_;
  Counter sum_;
};

}  // namespace crawlhub
