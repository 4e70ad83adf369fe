// How fast a count grows: a windowed rate, smoothed.
#pragma once

#include <cstdint>

namespace crawlhub::progress {

// An exponentially weighted mean over the rates of windows of at least a second: what happened half a minute
// ago counts half as much as what happens now. Costs a comparison, but for one sample a window. Thread: one
// at a time.
class Rate {
 public:
  // value: the count at now_ns (any clock that does not go back). The first sample only sets the start.
  void sample(double value, std::int64_t now_ns) noexcept {
    if (since_ns_ == 0 || value < value_) return begin(value, now_ns);
    if (now_ns - since_ns_ >= kWindow) close_window(value, now_ns);
  }
  // Items a second; 0 until the first window is over. It fades while nothing comes.
  double at(std::int64_t now_ns) const noexcept;
  bool known() const noexcept { return known_; }
  double peak() const noexcept { return peak_; }

 private:
  static constexpr std::int64_t kWindow = 1'000'000'000;

  void begin(double value, std::int64_t now_ns) noexcept {
    value_ = value;
    since_ns_ = now_ns;
  }
  void close_window(double value, std::int64_t now_ns) noexcept;

  double value_ = 0;
  double rate_ = 0, peak_ = 0;
  std::int64_t since_ns_ = 0;  // begin of the window; 0: no sample yet
  bool known_ = false;
};

}  // namespace crawlhub::progress
