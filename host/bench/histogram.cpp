#include "host/bench/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace crawlhub::bench {

Histogram::Histogram() : counts_(index_of(kLargest) + 1) {}

std::uint64_t Histogram::quantile(double part) const noexcept {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(part * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t index = 0; index < counts_.size(); ++index) {
    seen += counts_[index];
    if (counts_[index] != 0 && seen >= wanted) return std::min(last_value_of(index), max_);
  }
  return max_;
}

std::uint64_t Histogram::last_value_of(std::size_t index) noexcept {
  if (index < (std::size_t{2} << kBits)) return index;
  const std::size_t shift = (index >> kBits) - 1;
  const std::uint64_t in_row = index - (shift << kBits);
  return ((in_row + 1) << shift) - 1;
}

}  // namespace crawlhub::bench
