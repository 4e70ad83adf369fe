#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace crawlhub::storage_sqlite {

// A mutex that is had in the order it was asked for: the writer, which takes it again and again, cannot
// starve the readers. Thread: any.
class FairMutex {
 public:
  void lock() {
    std::unique_lock guard(mutex_);
    const std::uint64_t ticket = next_++;
    turn_.wait(guard, [&] { return ticket == serving_; });
  }
  void unlock() {
    bool waited_for = false;
    {
      const std::lock_guard guard(mutex_);
      ++serving_;
      waited_for = serving_ != next_;
    }
    if (waited_for) turn_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable turn_;
  std::uint64_t next_ = 0;     // ticket of the next to ask
  std::uint64_t serving_ = 0;  // ticket of who has it, or may have it
};

}  // namespace crawlhub::storage_sqlite
