#include "host/core/thread_pool.hpp"

#include <utility>

#include "host/core/thread_name.hpp"

namespace crawlhub {

ThreadPool::ThreadPool(Options options) : options_(std::move(options)) {
  for (std::size_t i = 0; i < options_.threads; ++i) threads_.emplace_back([this, i] { run(i); });
}

ThreadPool::~ThreadPool() {
  stop();
}

bool ThreadPool::post(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || tasks_.size() >= options_.queue) return false;
    tasks_.push_back(std::move(task));
  }
  wake_.notify_one();
  return true;
}

void ThreadPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::size_t ThreadPool::waiting() const {
  const std::lock_guard lock(mutex_);
  return tasks_.size();
}

void ThreadPool::run(std::size_t index) {
  set_thread_name(options_.name + "-" + std::to_string(index));
  if (options_.first_lane != kNoLane)
    set_current_lane(options_.first_lane + static_cast<std::uint32_t>(index));
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    task = nullptr;  // What it holds is freed before the next wait, and outside the lock.
    lock.lock();
  }
}

}  // namespace crawlhub
