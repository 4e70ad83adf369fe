#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace crawlhub::client {

/// Waiting times between attempts to connect: they double from `first` to `most`, each drawn from its upper
/// half, so that crawlers that lost the same hub do not all come back in the same instant. Not thread-safe.
class Backoff {
 public:
  using Milliseconds = std::chrono::milliseconds;

  Backoff(Milliseconds first, Milliseconds most)
      : first_(first), most_(std::max(first, most)), next_(first) {}

  Milliseconds next() {
    const auto whole = next_.count();
    next_ = std::min(next_ * 2, most_);
    return Milliseconds(std::uniform_int_distribution<Milliseconds::rep>((whole + 1) / 2, whole)(random_));
  }

  void reset() { next_ = first_; }

 private:
  Milliseconds first_;
  Milliseconds most_;
  Milliseconds next_;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace crawlhub::client
