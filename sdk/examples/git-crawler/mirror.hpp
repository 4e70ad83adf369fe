#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "place.hpp"
#include "problem.hpp"

namespace crawlhub::git_crawler {

/// How a mirror is brought up to date.
struct MirrorOptions {
  std::filesystem::path cache;  ///< folder of all mirrors, shared by all crawlers of an output directory
  std::chrono::seconds fresh_for{60};  ///< one fetched less long ago is taken as it is
  std::string token;                   ///< for https; empty: none
  /// Hears what is going on and stops it by false.
  std::function<bool(const std::string&)> on_step;
  /// Waits a moment, while another crawler fetches the same; stops the waiting by false.
  std::function<bool()> wait_a_moment;
};

/// Makes a bare mirror of a remote repository, or fetches what is new into it: all references as they are
/// there, those gone there removed. Crawlers that share the cache wait for each other. @return the mirror's
/// folder; a problem of type `authentication` where the token or key was not taken.
Result<std::filesystem::path> update_mirror(const Place& place, const MirrorOptions& options);

}  // namespace crawlhub::git_crawler
