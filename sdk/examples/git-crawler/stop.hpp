#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace crawlhub::git_crawler {

/// The wish to end, seen by every thread at its next step. Thread-safe.
class Stop {
 public:
  /// The first reason counts. @param exit_code of the program
  void request(int exit_code = 0) {
    const std::lock_guard lock(mutex_);
    if (!requested_) exit_code_ = exit_code;
    requested_ = true;
    changed_.notify_all();
  }

  bool requested() const {
    const std::lock_guard lock(mutex_);
    return requested_;
  }

  int exit_code() const {
    const std::lock_guard lock(mutex_);
    return exit_code_;
  }

  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return requested_; });
  }

  /// @return true where the wish came before `when`.
  bool wait_until(std::chrono::steady_clock::time_point when) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, when, [this] { return requested_; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool requested_ = false;
  int exit_code_ = 0;
};

}  // namespace crawlhub::git_crawler
