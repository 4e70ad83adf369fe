#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/core/lane.hpp"

namespace crawlhub {

// Threads for work that may wait: commands, notifiers, blocking handlers. Thread: any.
class ThreadPool {
 public:
  struct Options {
    std::string name = "pool";           // of the threads: name-0, name-1, ...
    std::size_t threads = 2;             // at least one
    std::size_t queue = 1024;            // tasks that may wait
    std::uint32_t first_lane = kNoLane;  // thread i runs in lane first_lane + i
  };

  explicit ThreadPool(Options options);
  ~ThreadPool();  // as stop()
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Never waits. False, and task is not taken, where the queue is full or stop() was called. task must not
  // throw.
  [[nodiscard]] bool post(std::function<void()> task);

  // Takes nothing more, finishes what is queued, joins. Not from a thread of the pool.
  void stop();

  std::size_t waiting() const;
  std::size_t size() const { return options_.threads; }

 private:
  void run(std::size_t index);

  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;  // guarded by mutex_
  bool stopping_ = false;                    // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace crawlhub
