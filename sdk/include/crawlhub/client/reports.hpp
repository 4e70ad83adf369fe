#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <crawlhub/client/job.hpp>
#include <crawlhub/client/stamp.hpp>

namespace crawlhub::client {

/// How many of each entity type, as `{"commit": 1200}`.
using Counts = std::map<std::string, std::uint64_t>;

/// How far a job is. Write the output safely to disk before reporting a resume state: it may be older than
/// the output, never newer.
struct Progress {
  std::string entity_type = {};
  std::uint64_t processed = 0;
  std::optional<std::uint64_t> total = {};
  std::string stage =
      "fetching";  ///< discovering, fetching, completed or failed: of the entity, not of the job
  std::string message = {};
  std::optional<ResumeState> resume_state = {};
  Counts item_counts = {};
  std::optional<double> processing_rate = {};           ///< items a second
  std::optional<double> estimated_time_remaining = {};  ///< seconds
};

/// Why a job failed. A recoverable one is handed out again, with the resume state, while attempts are left.
struct JobFailure {
  std::string error = {};
  std::string error_type = {};
  bool recoverable = true;
  std::optional<ResumeState> resume_state = {};
  Counts partial_counts = {};
};

/// One entry of `jobs_discovered`: the hub makes jobs from it.
struct DiscoveredJob {
  std::string job_type = "crawl_project";  ///< discover_namespaces, crawl_user, crawl_group or crawl_project
  std::string entity_id = {};              ///< a stable id
  std::string namespace_path = {};         ///< the full path: the entityId of the jobs that are made
  std::string entity_name = {};
  int priority = 1;
  Counts estimated_size = {};
};

/// Totals of a whole discovery.
struct DiscoverySummary {
  std::uint64_t users = 0;
  std::uint64_t groups = 0;
  std::uint64_t projects = 0;
  std::uint64_t hierarchy_depth = 0;
};

/// One entry of `discovery`: an entity that is told about, for which no job is asked.
struct DiscoveredEntity {
  std::string id = {};
  std::string name = {};
  std::string path = {};
  std::optional<std::string> parent_id = {};
};

/// A whole message as one JSON object without newline, `seq` and `lease` (see `append_stamped`). Text that is
/// not UTF-8 has its bad bytes replaced by U+FFFD. Thread-safe.
inline std::string make_message(std::string_view type, std::string_view job_id, const Json& data) {
  Json message;
  message["type"] = type;
  message["timestamp"] = timestamp_now();
  if (!job_id.empty()) message["jobId"] = job_id;
  message["data"] = data;
  return message.dump(-1, ' ', false, Json::error_handler_t::replace);
}

inline Json to_json(const Progress& progress) {
  Json data;
  data["stage"] = progress.stage;
  data["entityType"] = progress.entity_type;
  data["processed"] = progress.processed;
  if (progress.total) data["total"] = *progress.total;
  if (!progress.message.empty()) data["message"] = progress.message;
  if (progress.resume_state) {
    data["resumeState"] = to_json(*progress.resume_state);
    if (progress.resume_state->current_page) data["currentPage"] = *progress.resume_state->current_page;
  }
  if (!progress.item_counts.empty()) data["itemCounts"] = progress.item_counts;
  if (progress.processing_rate) data["processingRate"] = *progress.processing_rate;
  if (progress.estimated_time_remaining) data["estimatedTimeRemaining"] = *progress.estimated_time_remaining;
  return data;
}

inline Json to_json(const JobFailure& failure) {
  Json data;
  data["error"] = failure.error;
  if (!failure.error_type.empty()) data["errorType"] = failure.error_type;
  data["isRecoverable"] = failure.recoverable;
  if (failure.resume_state) data["resumeState"] = to_json(*failure.resume_state);
  if (!failure.partial_counts.empty()) data["partialCounts"] = failure.partial_counts;
  return data;
}

inline Json completed_data(const Counts& final_counts, const std::vector<std::string>& output_files,
                           std::string_view message) {
  Json data;
  data["success"] = true;
  data["finalCounts"] = final_counts;
  if (!message.empty()) data["message"] = message;
  if (!output_files.empty()) data["outputFiles"] = output_files;
  return data;
}

inline Json to_json(const DiscoveredJob& job) {
  Json entry;
  entry["job_type"] = job.job_type;
  entry["entity_id"] = job.entity_id;
  entry["namespace_path"] = job.namespace_path;
  entry["entity_name"] = job.entity_name;
  entry["priority"] = job.priority;
  if (!job.estimated_size.empty()) entry["estimated_size"] = job.estimated_size;
  return entry;
}

inline Json jobs_discovered_data(const std::vector<DiscoveredJob>& jobs,
                                 const std::optional<DiscoverySummary>& summary) {
  Json data;
  data["discovered_jobs"] = Json::array();
  for (const auto& job : jobs) data["discovered_jobs"].push_back(to_json(job));
  if (summary) {
    data["discovery_summary"] = {{"total_users", summary->users},
                                 {"total_groups", summary->groups},
                                 {"total_projects", summary->projects},
                                 {"hierarchy_depth", summary->hierarchy_depth}};
  }
  return data;
}

inline Json discovery_data(std::string_view entity_type, const std::vector<DiscoveredEntity>& entities) {
  Json data;
  data["entityType"] = entity_type;
  data["entities"] = Json::array();
  for (const auto& entity : entities) {
    Json entry = {{"id", entity.id}, {"name", entity.name}, {"path", entity.path}};
    if (entity.parent_id) entry["parentId"] = *entity.parent_id;
    data["entities"].push_back(std::move(entry));
  }
  return data;
}

}  // namespace crawlhub::client
