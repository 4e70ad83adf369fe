#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "git.hpp"

namespace crawlhub::git_crawler::test {

/// A folder of its own that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Runs a shell command in a folder, without the user's git configuration; fails the test where it fails.
/// @return its output as lines
std::vector<std::string> run(const std::filesystem::path& folder, const std::string& command);

/// Makes a repository with `git fast-import`: `commits` commits on main, each fifth a merge of a side branch
/// (many have equal times), branches with slashes, annotated and plain tags, a tag of a file, and a reference
/// outside of heads and tags that alone keeps one commit.
void make_repository(const std::filesystem::path& folder, int commits, bool bare = true);

/// The "id" of each line of an output file; fails the test where a line is no JSON object.
std::vector<std::string> ids_in(const std::filesystem::path& file);

std::vector<std::string> sorted(std::vector<std::string> lines);

std::string read_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, const std::string& text);

}  // namespace crawlhub::git_crawler::test
