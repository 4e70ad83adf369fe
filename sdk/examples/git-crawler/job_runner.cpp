#include "job_runner.hpp"

#include <algorithm>
#include <array>

#include "mirror.hpp"

namespace crawlhub::git_crawler {

namespace fs = std::filesystem;
using client::Counts;
using client::Job;
using client::JobState;

namespace {

constexpr std::array kOutputTypes = {"project", "branch", "commit", "release"};
constexpr std::size_t kDiscoveredPerMessage = 1000;  // about 200 KB

std::string title_of(const Job& job) {
  return "job " + job.id + " (" + job.entity_type + " " + job.entity_id + ")";
}

std::string text_of(const Counts& counts) {
  std::string text;
  for (const auto& [type, count] : counts) {
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + type + (count == 1 ? "" : "s");
  }
  return text.empty() ? "nothing" : text;
}

}  // namespace

void JobRunner::run(const Job& job) {
  log_.info(title_of(job) + (job.resume_state ? " goes on" : " begins"));
  hub_.started(job);
  std::vector<std::string> files;
  auto counts = job.entity_type == "areas" ? crawl_areas(job) : crawl(job, files);
  if (counts) {
    hub_.completed(job, *counts, files, text_of(*counts));
    log_.info(title_of(job) + ": " + text_of(*counts));
  } else if (!is_ours(job)) {
    log_.info(title_of(job) + ": dropped");
  } else if (counts.failure().type == "stopped") {
    log_.info(title_of(job) + ": left off, another attempt goes on from what was reported");
  } else {
    const auto& problem = counts.failure();
    hub_.failed(job, {.error = problem.text, .error_type = problem.type, .recoverable = problem.recoverable});
    log_.warning(title_of(job) + ": " + problem.text);
  }
  hub_.release(job);
}

Result<Counts> JobRunner::crawl(const Job& job, std::vector<std::string>& files) {
  if (std::find(kOutputTypes.begin(), kOutputTypes.end(), job.entity_type) == kOutputTypes.end()) {
    return Problem{"unsupported_entity_type", "this crawler knows no " + job.entity_type, false};
  }
  auto place = place_of(job);
  if (!place) return place.failure();
  auto folder = folder_of(job, *place);
  if (!folder) return folder.failure();
  auto repository = git::Repository::open(*folder);
  if (!repository) return repository.failure();
  // A resume state of another type is none of ours.
  const auto state = job.resume_state.value_or(client::ResumeState{});
  const bool ours = state.entity_type.value_or(job.entity_type) == job.entity_type;
  auto output = OutputFile::open(options_.output / place->name / (job.entity_type + ".ndjson"),
                                 ours ? state.last_entity_id : std::nullopt);
  if (!output) return output.failure();
  auto entities = entities_of(*repository, *place, job.entity_type, [&](std::size_t count) {
    tell(job, output->lines(), "walking the history: " + std::to_string(count) + " commits so far");
    return keep_going(job);
  });
  if (!entities) return entities.failure();
  const Surroundings around{[&](const client::Progress& progress) {
                              if (is_ours(job)) hub_.progress(job, progress);
                            },
                            [&] { return keep_going(job); }, [this] { return rate_.pass(); }};
  const auto page = output->lines() > 0 ? state.current_page.value_or(0) : 0;
  if (auto done = crawl_entities(*entities, job.entity_type, *output, options_.page_size, page, around);
      !done) {
    return done.failure();
  }
  files.push_back(fs::absolute(output->path()).string());
  return Counts{{job.entity_type, output->lines()}};
}

Result<Counts> JobRunner::crawl_areas(const Job& job) {
  auto found = discover(job, options_.groups, [&](std::size_t count) {
    tell(job, count, std::to_string(count) + " repositories so far");
    return keep_going(job);
  });
  if (!found) return found.failure();
  auto& jobs = found->jobs;
  for (std::size_t at = 0; at < jobs.size(); at += kDiscoveredPerMessage) {
    const auto end = std::min(jobs.size(), at + kDiscoveredPerMessage);
    const std::vector<client::DiscoveredJob> part(jobs.begin() + at, jobs.begin() + end);
    hub_.jobs_discovered(job, part, end == jobs.size() ? std::optional(found->summary) : std::nullopt);
    client::Progress progress;
    progress.stage = "discovering";
    progress.entity_type = "areas";
    progress.processed = end;
    progress.total = jobs.size();
    hub_.progress(job, progress);
  }
  if (found->unreadable_folders > 0) {
    log_.warning(title_of(job) + ": " + std::to_string(found->unreadable_folders) +
                 " folders could not be read");
  }
  Counts counts{{"project", found->summary.projects}};
  if (options_.groups) counts["group"] = found->summary.groups;
  return counts;
}

Result<fs::path> JobRunner::folder_of(const Job& job, const Place& place) {
  if (place.url.empty()) return place.folder;
  MirrorOptions options{options_.output / ".cache", options_.fresh_for, job.access_token,
                        [&](const std::string& step) {
                          tell(job, 0, step);
                          return keep_going(job);
                        },
                        [&] {
                          const auto moment =
                              std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
                          return !stop_.wait_until(moment) && keep_going(job);
                        }};
  auto folder = update_mirror(place, options);
  if (folder || folder.failure().type != "authentication") return folder;
  auto token = hub_.refresh_token(job);
  if (!token) return Problem{"authentication", folder.error() + "; no other token: " + token.error(), true};
  options.token = token->access_token;
  return update_mirror(place, options);
}

bool JobRunner::is_ours(const Job& job) const {
  const auto state = hub_.state(job);
  return state == JobState::running || state == JobState::paused;
}

bool JobRunner::keep_going(const Job& job) {
  using namespace std::chrono_literals;
  // Not Client::keep_going: a paused job must not hold up the end of the program.
  while (hub_.state(job) == JobState::paused) {
    if (stop_.wait_until(std::chrono::steady_clock::now() + 200ms)) return false;
  }
  return hub_.state(job) == JobState::running && !stop_.requested();
}

void JobRunner::tell(const Job& job, std::uint64_t processed, const std::string& message) {
  client::Progress progress;
  progress.stage = "discovering";
  progress.entity_type = job.entity_type;
  progress.processed = processed;
  progress.message = message;
  hub_.progress(job, progress);
  log_.info(title_of(job) + ": " + message);
}

}  // namespace crawlhub::git_crawler
