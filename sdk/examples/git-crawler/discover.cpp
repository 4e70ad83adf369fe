#include "discover.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "git.hpp"
#include "place.hpp"

namespace crawlhub::git_crawler {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kStep = 500;  // repositories between two calls of on_step

/// Looks for repositories below a folder. Links are not followed (they may lead in circles or out), and
/// nothing inside a repository is looked at.
class Scan {
 public:
  explicit Scan(const std::function<bool(std::size_t)>& on_step) : on_step_(on_step) {}

  std::vector<fs::path> found;
  std::uint64_t unreadable = 0;
  bool stopped = false;

  void folder(const fs::path& folder) {
    if (git::is_repository(folder)) {
      found.push_back(folder);
      stopped = stopped || (found.size() % kStep == 0 && !on_step_(found.size()));
      return;
    }
    std::error_code error;
    std::vector<fs::path> below;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      std::error_code gone;
      if (at->symlink_status(gone).type() == fs::file_type::directory) below.push_back(at->path());
    }
    if (error) ++unreadable;
    for (const auto& next : below) {
      if (!stopped) this->folder(next);
    }
  }

 private:
  const std::function<bool(std::size_t)>& on_step_;
};

std::string name_of(const fs::path& repository, const fs::path& base) {
  std::string name =
      repository == base ? base.filename().string() : repository.lexically_relative(base).string();
  if (!name.ends_with(".git") || name == ".git") return name;
  const std::string plain = name.substr(0, name.size() - 4);
  std::error_code ignored;
  return repository != base && git::is_repository(base / plain) ? name : plain;
}

client::DiscoveredJob job_for(const char* type, const Base& base, const std::string& name) {
  client::DiscoveredJob job;
  job.job_type = type;
  job.entity_id = stable_id(base, name);
  job.namespace_path = name;
  job.entity_name = name.substr(name.rfind('/') + 1);
  return job;
}

Discovery report(const Base& base, std::set<std::string> names, bool with_groups) {
  Discovery result;
  std::set<std::string> groups;
  for (const auto& name : names) {
    for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
      groups.insert(name.substr(0, slash));
    }
    const auto depth = static_cast<std::uint64_t>(std::count(name.begin(), name.end(), '/')) + 1;
    result.summary.hierarchy_depth = std::max(result.summary.hierarchy_depth, depth);
    result.jobs.push_back(job_for("crawl_project", base, name));
  }
  result.summary.projects = names.size();
  result.summary.groups = groups.size();
  if (!with_groups) return result;
  for (const auto& group : groups) result.jobs.push_back(job_for("crawl_group", base, group));
  return result;
}

/// The folders to look through: nothing where the entity id names none, and all is meant.
Result<std::vector<fs::path>> named_folders(const Base& base, const std::string& entity_id) {
  std::error_code ignored;
  std::vector<fs::path> folders;
  if (entity_id.empty()) return folders;
  const bool is_one = fs::is_directory(base.folder / entity_id, ignored);
  for (const auto& name : is_one ? std::vector{entity_id} : split(entity_id, ',')) {
    if (!is_safe_path(name)) {
      return Problem{"invalid_job",
                     "entity id \"" + entity_id + "\": expected a path below the account's folder", false};
    }
    const auto folder = base.folder / name;
    const auto bare = base.folder / (name + ".git");
    if (fs::is_directory(folder, ignored)) {
      folders.push_back(folder);
    } else if (fs::is_directory(bare, ignored)) {
      folders.push_back(bare);
    } else if (entity_id.find_first_of("/,") != std::string::npos) {
      return Problem{"repository_not_found", "no folder " + name + " below " + base.folder.string(), false};
    }
  }
  return folders;
}

Result<Discovery> discover_local(const Base& base, const std::string& entity_id, bool with_groups,
                                 const std::function<bool(std::size_t)>& on_step) {
  std::error_code ignored;
  if (!fs::is_directory(base.folder, ignored)) {
    return Problem{"repository_not_found", "no folder " + base.folder.string() + " (the account's URL)",
                   false};
  }
  auto folders = named_folders(base, entity_id);
  if (!folders) return folders.failure();
  if (folders->empty()) folders->push_back(base.folder);
  Scan scan(on_step);
  for (const auto& folder : *folders) scan.folder(folder);
  if (scan.stopped) return Problem{"stopped", "stopped", true};
  std::set<std::string> names;
  for (const auto& repository : scan.found) names.insert(name_of(repository, base.folder));
  auto result = report(base, std::move(names), with_groups);
  result.unreadable_folders = scan.unreadable;
  return result;
}

Result<Discovery> discover_remote(const Base& base, const std::string& entity_id, bool with_groups) {
  std::set<std::string> names;
  if (entity_id.find_first_of("/,") != std::string::npos) {
    for (auto& name : split(entity_id, ',')) {
      if (name.ends_with(".git")) name.resize(name.size() - 4);
      if (!is_safe_path(name)) {
        return Problem{"invalid_job",
                       "entity id \"" + entity_id + "\": expected paths such as group/a,group/b", false};
      }
      names.insert(name);
    }
  } else if (!base.path.empty()) {
    names.insert(base.path);
  } else {
    return Problem{
        "invalid_job",
        "the account's URL names only a host, which cannot be listed: give the job the repositories as "
        "its entity id, as group/a,group/b, or the account the URL of one repository",
        false};
  }
  return report(base, std::move(names), with_groups);
}

}  // namespace

Result<Discovery> discover(const client::Job& job, bool with_groups,
                           const std::function<bool(std::size_t)>& on_step) {
  auto base = parse_base(job.gitlab_url);
  if (!base) return base.failure();
  if (!base->local) return discover_remote(*base, job.entity_id, with_groups);
  return discover_local(*base, job.entity_id, with_groups, on_step);
}

}  // namespace crawlhub::git_crawler
