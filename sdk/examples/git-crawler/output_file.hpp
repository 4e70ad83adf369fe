#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include <crawlhub/client/job.hpp>
#include <crawlhub/client/socket.hpp>

#include "problem.hpp"

namespace crawlhub::git_crawler {

/// The lines of one kind of entity of one repository, one JSON object a line with "id" as its first member.
///
/// Safe against a kill at any moment: whoever opens it says which entity the hub knows as the last one; whole
/// lines up to that one are kept, and what follows (later pages, a torn line) goes. The kept part is copied
/// into a new file that takes the old one's name: a crawler that lost the job and still writes does so into a
/// file without a name. Not thread-safe.
class OutputFile {
 public:
  /// @param last_id the last entity to keep; nothing keeps nothing. An id that the file does not hold keeps
  /// nothing
  ///   either: the file is another one than the hub remembers.
  static Result<OutputFile> open(const std::filesystem::path& path,
                                 const std::optional<std::string>& last_id);

  /// Kept from before: not to be written again.
  bool holds(const std::string& id) const { return kept_.contains(raw_id(id)); }
  /// Lines in the file, kept and appended.
  std::uint64_t lines() const { return lines_; }
  const std::filesystem::path& path() const { return path_; }

  /// Appends an entity; on disk after `sync`.
  void append(const client::Json& entity);
  /// Writes what was appended, safe against power loss when it returns.
  Result<Done> sync();
  /// The last entity in the file.
  const std::string& last_id() const { return last_id_; }

 private:
  static std::string raw_id(const std::string& id);
  Result<Done> keep(const std::optional<std::string>& last_id);

  explicit OutputFile(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
  client::Socket file_;                   // owns the descriptor
  std::unordered_set<std::string> kept_;  // ids as they stand in the file, JSON-escaped and quoted
  std::uint64_t lines_ = 0;
  std::string last_id_;
  std::string page_;  // appended, not yet written
};

}  // namespace crawlhub::git_crawler
