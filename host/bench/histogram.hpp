#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace crawlhub::bench {

// Counts durations in buckets whose width grows with the value: an answer is at most 0.1 % above what was
// recorded, whatever its size. Recording is a few instructions and allocates nothing. Thread: one.
class Histogram {
 public:
  // Values up to this keep their precision (73 minutes in ns); a larger one counts as this.
  static constexpr std::uint64_t kLargest = (std::uint64_t{1} << 42) - 1;

  Histogram();

  void record(std::uint64_t value) noexcept {
    if (value > kLargest) value = kLargest;
    ++counts_[index_of(value)];
    ++count_;
    if (value > max_) max_ = value;
  }

  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t max() const noexcept { return max_; }

  // The smallest recorded value that `part` (0 to 1) of all values do not exceed, rounded up to the end of
  // its bucket; 0 where nothing was recorded.
  std::uint64_t quantile(double part) const noexcept;

 private:
  // Each power of two is cut in 1,024 buckets; below 2,048 every value has its own.
  static constexpr unsigned kBits = 10;

  static std::size_t index_of(std::uint64_t value) noexcept {
    const unsigned width = static_cast<unsigned>(std::bit_width(value));
    const unsigned shift = width > kBits + 1 ? width - (kBits + 1) : 0;
    return (std::size_t{shift} << kBits) + static_cast<std::size_t>(value >> shift);
  }
  static std::uint64_t last_value_of(std::size_t index) noexcept;

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace crawlhub::bench
