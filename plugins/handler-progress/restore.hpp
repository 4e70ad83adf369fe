// Brings back what the storage kept of the jobs that ran before this start.
#pragma once

#include <string>

#include <crawlhub/host.hpp>

#include "trackers.hpp"

namespace crawlhub::progress {

// The tracker's state for a job's.
State state_of(std::string_view status) noexcept;

// Fills trackers page by page. Returns what went wrong, or nothing. Thread: [pool]; it waits.
std::string restore(const Host& host, Trackers& trackers);

}  // namespace crawlhub::progress
