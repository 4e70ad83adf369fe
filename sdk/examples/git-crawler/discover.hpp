#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <crawlhub/client/job.hpp>
#include <crawlhub/client/reports.hpp>

#include "problem.hpp"

namespace crawlhub::git_crawler {

/// What an `areas` job found.
struct Discovery {
  std::vector<client::DiscoveredJob> jobs;  ///< sorted by path
  client::DiscoverySummary summary;
  std::uint64_t unreadable_folders = 0;
};

/// Finds the repositories that an `areas` job is about. Its entity id is one of
/// - a folder below the account's folder (a repository counts itself), or several, separated by commas;
/// - for an account on another machine repositories, separated by commas, as nothing there can be listed;
/// - anything else without a slash, as the account's id that the hub puts there: all below the account's URL.
/// @param with_groups report the folders between as crawl_group
/// @param on_step hears how many were found, now and then; false stops
Result<Discovery> discover(const client::Job& job, bool with_groups,
                           const std::function<bool(std::size_t)>& on_step);

}  // namespace crawlhub::git_crawler
