#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/client/job.hpp>

#include "problem.hpp"

namespace crawlhub::git_crawler {

/// What an account's URL points at: a folder of this machine, or a place to clone from.
struct Base {
  bool local = true;
  std::filesystem::path folder;  ///< local only
  std::string host;              ///< remote: `https://host`, `ssh://git@host:22`, ... without a final slash
  std::string path;              ///< remote: what follows the host, without slashes around and without `.git`
};

/// `file:///base/folder`, `/base/folder`, `https://host/group/repo.git`, `ssh://`, `git://` or
/// `git@host:group/repo`.
Result<Base> parse_base(std::string url);

/// One repository.
struct Place {
  std::string name;              ///< the full path as the hub knows it: `group/repo`
  std::filesystem::path folder;  ///< local: where it is
  std::string url;               ///< remote: what to clone; empty for a local one
};

/// The repository that a job (but not an `areas` job) is about.
Result<Place> place_of(const client::Job& job);

/// A number that stays the same for the same repository, for the hub's areas: of at most 52 bits, so that it
/// survives readers that keep numbers as doubles. @param place_name `name` of a place below `base`
std::string stable_id(const Base& base, const std::string& place_name);

/// True for a path that stays below where it is put: no empty part, no `.` or `..`, not absolute.
bool is_safe_path(std::string_view path);

std::vector<std::string> split(std::string_view text, char at);

}  // namespace crawlhub::git_crawler
