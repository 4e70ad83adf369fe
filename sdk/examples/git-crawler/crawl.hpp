#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include <crawlhub/client/job.hpp>
#include <crawlhub/client/reports.hpp>

#include "git.hpp"
#include "output_file.hpp"
#include "place.hpp"
#include "problem.hpp"

namespace crawlhub::git_crawler {

/// The entities of one kind, in an order that is the same each time.
struct Entities {
  std::size_t count = 0;
  std::function<std::string(std::size_t)> id = {};
  std::function<Result<client::Json>(std::size_t)> read = {};
};

/// What a crawl asks of the world around it.
struct Surroundings {
  std::function<void(const client::Progress&)> report;
  std::function<bool()> keep_going;  ///< between pages; false ends the crawl
  std::function<bool()> pace;        ///< before each entity; false ends the crawl
};

/// The entities of a type: project, branch, commit or release.
Result<Entities> entities_of(const git::Repository& repository, const Place& place,
                             const std::string& entity_type, const std::function<bool(std::size_t)>& on_step);

/// Writes what the file does not hold yet, page by page: a page is on disk before its progress is reported,
/// so the resume state that the hub knows is never ahead of the file.
/// @param page the last page that was reported, 0 at the first start
/// @return a problem of type `stopped` where the surroundings ended it; all that was written is reported then
Result<Done> crawl_entities(const Entities& entities, const std::string& entity_type, OutputFile& output,
                            std::size_t page_size, std::int64_t page, const Surroundings& surroundings);

}  // namespace crawlhub::git_crawler
