#pragma once

#include <chrono>
#include <thread>

namespace crawlhub::testing {

// Looks again and again until the condition holds; false where it still does not when the time is over. For
// what can only be observed from outside: the look costs nothing, and a fast machine waits for nothing.
template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds most = std::chrono::seconds(20)) {
  const auto deadline = std::chrono::steady_clock::now() + most;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::yield();
    std::this_thread::sleep_until(std::chrono::steady_clock::now() + std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace crawlhub::testing
