// Scratch memory without locks and without thread-local objects (whose destructors would pin the library for
// ever).
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <stdexcept>

#include <crawlhub/host.hpp>

namespace crawlhub::inline sdk {

// One T for each lane: `PerLane<OpBuilder> ops_{host()};` as a member of the plugin. Two calls never run in
// one lane of an instance at once, so what here() yields is the running call's alone until it returns.
template <class T>
class PerLane {
 public:
  explicit PerLane(Host host)
      : host_(host), count_(host.lane_count()), places_(std::make_unique<Place[]>(count_)) {}

  // Of the running call. Errors: std::logic_error on a thread of the plugin's own, which has no lane.
  T& here() { return of(host_.lane()); }
  // Of a lane that is known already: message.connection().lane().
  T& of(std::uint32_t lane) {
    if (lane >= count_) throw std::logic_error("no lane of the host: this thread is the plugin's own");
    return places_[lane].value;
  }
  std::uint32_t size() const noexcept { return count_; }

 private:
  struct alignas(64) Place {  // a cache line, so that lanes do not slow each other down
    T value{};
  };
  Host host_;
  std::uint32_t count_;
  std::unique_ptr<Place[]> places_;
};

}  // namespace crawlhub::inline sdk
