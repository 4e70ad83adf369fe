#include "host/core/lane.hpp"

namespace crawlhub {

namespace {
thread_local std::uint32_t t_lane = kNoLane;
}  // namespace

std::uint32_t current_lane() noexcept {
  return t_lane;
}

void set_current_lane(std::uint32_t lane) noexcept {
  t_lane = lane;
}

}  // namespace crawlhub
