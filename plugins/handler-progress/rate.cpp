#include "rate.hpp"

#include <algorithm>
#include <cmath>

namespace crawlhub::progress {
namespace {

constexpr double kHalfLife = 30;  // seconds
constexpr double kIdle = 10;      // seconds without a sample after which the rate begins to fade

double seconds(std::int64_t ns) noexcept {
  return static_cast<double>(ns) / 1e9;
}

}  // namespace

void Rate::close_window(double value, std::int64_t now_ns) noexcept {
  const double span = seconds(now_ns - since_ns_);
  const double rate = (value - value_) / span;
  // A window as long as the half-life replaces half of what was there.
  const double weight = known_ ? 1 - std::exp2(-span / kHalfLife) : 1;
  rate_ += weight * (rate - rate_);
  peak_ = std::max(peak_, rate_);
  known_ = true;
  begin(value, now_ns);
}

double Rate::at(std::int64_t now_ns) const noexcept {
  const double idle = seconds(now_ns - since_ns_) - kIdle;
  return idle <= 0 ? rate_ : rate_ * std::exp2(-idle / kHalfLife);
}

}  // namespace crawlhub::progress
