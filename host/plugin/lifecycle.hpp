#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include <crawlhub/abi/types.h>

namespace crawlhub {

// Runs fn on a thread of its own and waits for it. Nothing where it did not return in time: the thread goes
// on alone, and what fn holds lives until it ends. fn must not throw.
std::optional<crawlhub_status> run_with_deadline(std::string_view thread_name, std::uint32_t lane,
                                                 std::chrono::nanoseconds timeout,
                                                 std::function<crawlhub_status()> fn);

}  // namespace crawlhub
