#include "host/pipeline/deferred.hpp"

#include "host/pipeline/pending.hpp"

namespace crawlhub {

namespace {

constexpr std::size_t kMost = 1 << 20;
constexpr std::uint32_t kPlaceBits = 24;
constexpr std::uint32_t kPlaceMask = (1u << kPlaceBits) - 1;

std::uint32_t place_of(crawlhub_token token) {
  return static_cast<std::uint32_t>(token) & kPlaceMask;
}
std::uint32_t generation_of(crawlhub_token token) {
  return static_cast<std::uint32_t>(token >> kPlaceBits);
}

}  // namespace

crawlhub_token Deferred::add(Pending& pending) {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) {
    if (places_.size() == kMost) return 0;
    free_.push_back(static_cast<std::uint32_t>(places_.size()));
    places_.emplace_back();
  }
  const std::uint32_t at = free_.back();
  free_.pop_back();
  places_[at].pending = &pending;
  return (static_cast<std::uint64_t>(lane_ + 1) << 56) |
         (static_cast<std::uint64_t>(places_[at].generation) << kPlaceBits) | at;
}

Pending* Deferred::find(crawlhub_token token) const {
  const std::lock_guard lock(mutex_);
  const std::uint32_t at = place_of(token);
  if (at >= places_.size() || places_[at].generation != generation_of(token)) return nullptr;
  return places_[at].pending;
}

Pending* Deferred::take(crawlhub_token token) {
  const std::lock_guard lock(mutex_);
  const std::uint32_t at = place_of(token);
  if (at >= places_.size() || places_[at].generation != generation_of(token)) return nullptr;
  Pending* pending = places_[at].pending;
  if (pending == nullptr) return nullptr;
  places_[at].pending = nullptr;
  ++places_[at].generation;
  free_.push_back(at);
  return pending;
}

std::vector<Pending*> Deferred::take_all(const Peer& peer) {
  std::vector<Pending*> taken;
  const std::lock_guard lock(mutex_);
  for (std::uint32_t at = 0; at < places_.size(); ++at) {
    Place& place = places_[at];
    if (place.pending == nullptr || place.pending->peer != &peer) continue;
    taken.push_back(place.pending);
    place.pending = nullptr;
    ++place.generation;
    free_.push_back(at);
  }
  return taken;
}

}  // namespace crawlhub
