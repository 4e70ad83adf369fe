#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include <crawlhub/abi/host.h>

namespace crawlhub {

class Peer;
struct Pending;

// Calls that their plugin answers later, by token. A token is a lane, a place and the place's generation, so
// that one that was used, or whose connection ended, is known to be dead for good. Thread: any.
class Deferred {
 public:
  explicit Deferred(std::uint32_t lane) : lane_(lane) {}

  // 0 where the bound is met.
  crawlhub_token add(Pending& pending);
  // Null where the token is dead. The pending call itself is its lane's: touch it on the worker only.
  Pending* find(crawlhub_token token) const;
  // Takes it: the token is dead afterwards.
  Pending* take(crawlhub_token token);

  // Takes every token whose pending call belongs to the peer. Thread: the lane's worker.
  std::vector<Pending*> take_all(const Peer& peer);

  static std::uint32_t lane_of(crawlhub_token token) { return static_cast<std::uint32_t>(token >> 56) - 1; }

 private:
  struct Place {
    Pending* pending = nullptr;
    std::uint32_t generation = 0;
  };

  const std::uint32_t lane_;
  mutable std::mutex mutex_;
  std::vector<Place> places_;        // guarded by mutex_
  std::vector<std::uint32_t> free_;  // guarded by mutex_
};

}  // namespace crawlhub
