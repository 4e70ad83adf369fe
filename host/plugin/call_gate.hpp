#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

namespace crawlhub {

// Counts those inside, and can be closed: then nobody enters, and one can wait until all have left. Thread:
// any.
class CallGate {
 public:
  // Holds the gate while it lives; false where it was closed.
  class Pass {
   public:
    Pass() = default;
    explicit Pass(CallGate* gate) : gate_(gate) {}
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&& other) noexcept {
      if (this != &other) {
        leave();
        gate_ = std::exchange(other.gate_, nullptr);
      }
      return *this;
    }
    ~Pass() { leave(); }
    explicit operator bool() const { return gate_ != nullptr; }

   private:
    void leave() {
      if (CallGate* gate = std::exchange(gate_, nullptr)) gate->leave();
    }
    CallGate* gate_ = nullptr;
  };

  Pass enter() {
    const std::lock_guard lock(mutex_);
    if (closed_) return Pass();
    ++inside_;
    return Pass(this);
  }

  // False where somebody is still inside when the time is over; it stays closed.
  bool close(std::chrono::nanoseconds timeout) {
    std::unique_lock lock(mutex_);
    closed_ = true;
    return empty_.wait_for(lock, timeout, [this] { return inside_ == 0; });
  }

  std::uint64_t inside() const {
    const std::lock_guard lock(mutex_);
    return inside_;
  }

 private:
  void leave() {
    // Notified under the lock: after it the gate may be gone.
    const std::lock_guard lock(mutex_);
    if (--inside_ == 0) empty_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable empty_;
  std::uint64_t inside_ = 0;  // guarded by mutex_
  bool closed_ = false;       // guarded by mutex_
};

}  // namespace crawlhub
