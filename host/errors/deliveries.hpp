#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "host/errors/manager.hpp"

namespace crawlhub {

// Notices on their way to each notifier, in order, tried again with a growing wait. Only keeps the books: who
// calls it locks, and runs what take() hands out. Times are monotonic.
class Deliveries {
 public:
  struct Attempt {
    std::string notifier;
    std::shared_ptr<const ErrorManager::Notifier> call;
    std::shared_ptr<const ErrorNotice> notice;
  };
  enum class Outcome { told, again, given_up };

  explicit Deliveries(const ErrorManager::Options& options) : options_(options) {}

  // REQUIRES: there is none of this name.
  void add_notifier(std::string name, ErrorManager::Notifier notifier);
  // REQUIRES: it does not run.
  void remove_notifier(std::string_view name);
  bool running(std::string_view name) const;

  void push(const ErrorNotice& notice);
  // An attempt that is due and whose notifier is idle; it counts as running until finish().
  std::optional<Attempt> take(std::int64_t now_ns);
  Outcome finish(std::string_view notifier, bool told, std::int64_t now_ns);
  // The attempt could not be run at all: it is due again a little later.
  void postpone(std::string_view notifier, std::int64_t now_ns);

  std::optional<std::int64_t> next_due() const;
  bool any_running() const;

 private:
  // Past it the oldest notice that waits for a notifier is dropped: people read the newest.
  static constexpr std::size_t kMostWaiting = 64;
  struct Waiting {
    std::shared_ptr<const ErrorNotice> notice;
    std::uint32_t attempts = 0;
    std::int64_t due = 0;
  };
  struct Target {
    std::string name;
    std::shared_ptr<const ErrorManager::Notifier> call;
    std::deque<Waiting> waiting;
    bool running = false;
  };

  Target* find(std::string_view name);
  std::int64_t wait_after(std::uint32_t attempts);

  const ErrorManager::Options options_;
  std::vector<Target> targets_;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace crawlhub
