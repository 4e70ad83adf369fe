#pragma once

#include <cstdint>

namespace crawlhub {

inline constexpr std::uint32_t kNoLane = UINT32_MAX;

// The lane of the calling thread (architecture.md, "Threads"); kNoLane on a thread that has none, such as one
// that a plugin made.
std::uint32_t current_lane() noexcept;

// Gives the calling thread its lane: once, before it calls into a plugin.
void set_current_lane(std::uint32_t lane) noexcept;

}  // namespace crawlhub
