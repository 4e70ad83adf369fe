#pragma once

#include <algorithm>
#include <chrono>
#include <mutex>

#include "stop.hpp"

namespace crawlhub::git_crawler {

/// Lets at most so many entities a second pass, over all threads together. Thread-safe.
class RateLimit {
 public:
  /// @param rate entities a second; 0: no limit
  RateLimit(double rate, Stop& stop)
      : gap_(rate > 0 ? std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / rate))
                      : Clock::duration::zero()),
        stop_(stop) {}

  /// Waits for the caller's turn. @return false where the program is to stop.
  bool pass() {
    if (gap_ == Clock::duration::zero()) return true;
    Clock::time_point turn;
    {
      const std::lock_guard lock(mutex_);
      turn = next_ = std::max(next_ + gap_, Clock::now() - kSlack);
    }
    return turn <= Clock::now() ? !stop_.requested() : !stop_.wait_until(turn);
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kSlack{
      100};  // a late wake-up is made up for, a long rest is not

  const Clock::duration gap_;
  Stop& stop_;
  std::mutex mutex_;
  Clock::time_point next_{};
};

}  // namespace crawlhub::git_crawler
