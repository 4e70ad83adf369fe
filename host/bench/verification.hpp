#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "host/admin/client.hpp"
#include "host/bench/crawler.hpp"

namespace crawlhub::bench {

// Whether the hub kept what it acked.
struct Verification {
  std::size_t compared = 0;
  std::size_t differ = 0;
  std::string first;  // says how the first one differs
};

// Compares the rows of up to `most` jobs, spread over all, with the message that was sent last of each.
// Errors: NETWORK_FAILED, and what the hub says to jobs.show.
Result<Verification> verify_rows(const std::vector<Crawler>& crawlers, AdminClient& admin, std::size_t most);

// How the row differs from the message `last` (HeldJob::kNone: none was sent); empty where it does not.
std::string difference(const nlohmann::ordered_json& row, std::uint32_t last);

}  // namespace crawlhub::bench
