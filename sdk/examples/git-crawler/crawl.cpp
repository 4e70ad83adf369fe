#include "crawl.hpp"

#include <algorithm>
#include <memory>
#include <vector>

namespace crawlhub::git_crawler {

using client::Json;

namespace {

Result<Entities> refs_of(const git::Repository& repository, const std::string& prefix,
                         Json (git::Repository::*describe)(const git::Repository::Ref&) const) {
  auto refs = repository.refs(prefix);
  if (!refs) return refs.failure();
  const auto list = std::make_shared<const std::vector<git::Repository::Ref>>(std::move(*refs));
  return Entities{list->size(), [list](std::size_t n) { return (*list)[n].name; },
                  [list, &repository, describe](std::size_t n) -> Result<Json> {
                    return (repository.*describe)((*list)[n]);
                  }};
}

Result<Entities> commits_of(const git::Repository& repository,
                            const std::function<bool(std::size_t)>& on_step) {
  auto commits = repository.commits(on_step);
  if (!commits) return commits.failure();
  const auto list = std::make_shared<const std::vector<git_oid>>(std::move(*commits));
  return Entities{list->size(), [list](std::size_t n) { return git::text_of((*list)[n]); },
                  [list, &repository](std::size_t n) { return repository.commit((*list)[n]); }};
}

Result<Json> describe_project(const git::Repository& repository, const Place& place,
                              const std::function<bool(std::size_t)>& on_step) {
  const auto commits = repository.commits(on_step);
  if (!commits) return commits.failure();
  const auto branches = repository.refs("refs/heads/");
  if (!branches) return branches.failure();
  const auto tags = repository.refs("refs/tags/");
  if (!tags) return tags.failure();
  Json project;
  project["id"] = place.name;
  project["name"] = place.name.substr(place.name.rfind('/') + 1);
  project["url"] = place.url.empty() ? "file://" + place.folder.string() : place.url;
  project.update(repository.facts());
  project["commits"] = commits->size();
  project["branches"] = branches->size();
  project["tags"] = tags->size();
  return project;
}

}  // namespace

Result<Entities> entities_of(const git::Repository& repository, const Place& place,
                             const std::string& entity_type,
                             const std::function<bool(std::size_t)>& on_step) {
  if (entity_type == "branch") return refs_of(repository, "refs/heads/", &git::Repository::branch);
  if (entity_type == "release") return refs_of(repository, "refs/tags/", &git::Repository::tag);
  if (entity_type == "commit") return commits_of(repository, on_step);
  return Entities{
      1, [name = place.name](std::size_t) { return name; },
      [&repository, place, on_step](std::size_t) { return describe_project(repository, place, on_step); }};
}

Result<Done> crawl_entities(const Entities& entities, const std::string& entity_type, OutputFile& output,
                            std::size_t page_size, std::int64_t page, const Surroundings& surroundings) {
  std::size_t on_page = 0;
  const auto end_page = [&]() -> Result<Done> {
    if (on_page == 0) return Done{};
    on_page = 0;
    if (auto synced = output.sync(); !synced) return synced;
    client::Progress progress;
    progress.entity_type = entity_type;
    progress.processed = output.lines();
    // An entity kept from before may be gone from the repository since.
    progress.total = std::max<std::uint64_t>(entities.count, output.lines());
    progress.item_counts = {{entity_type, output.lines()}};
    progress.resume_state = client::ResumeState{output.last_id(), ++page, entity_type};
    surroundings.report(progress);
    return Done{};
  };
  const Problem stopped{"stopped", "stopped", true};
  for (std::size_t n = 0; n < entities.count; ++n) {
    if (output.holds(entities.id(n))) continue;
    const bool paced = surroundings.pace();
    if (paced) {
      auto entity = entities.read(n);
      if (!entity) return entity.failure();
      output.append(*entity);
      if (++on_page < page_size) continue;
    }
    if (auto ended = end_page(); !ended) return ended;
    if (!paced || !surroundings.keep_going()) return stopped;
  }
  return end_page();
}

}  // namespace crawlhub::git_crawler
