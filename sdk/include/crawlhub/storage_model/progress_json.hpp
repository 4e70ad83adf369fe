// Progress as JSON: as it is shown (docs/compatibility.md, "Progress of a job"), and as it is stored.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include <crawlhub/iso_time.hpp>
#include <crawlhub/json_text.hpp>
#include <crawlhub/storage_model/job.hpp>

namespace crawlhub::storage_model {

namespace detail {

inline std::string_view shown_state(const Job& job) {
  switch (job.state) {
    case CRAWLHUB_JOB_RUNNING:
      return job.progress.stage == "discovering" ? "discovering" : "processing";
    case CRAWLHUB_JOB_PAUSED:
    case CRAWLHUB_JOB_WAITING_CREDENTIAL:
    case CRAWLHUB_JOB_CREDENTIAL_RENEWED:
      return "paused";
    case CRAWLHUB_JOB_FINISHED:
      return "completed";
    case CRAWLHUB_JOB_CREDENTIAL_EXPIRED:
    case CRAWLHUB_JOB_FAILED:
      return "failed";
    case CRAWLHUB_JOB_CANCELLED:
      return "cancelled";
    default:
      return "initializing";
  }
}

inline std::string_view shown_status(const Job& job, const EntityProgress& entity) {
  if (entity.status == EntityProgress::kFailed) return "failed";
  if (entity.status == EntityProgress::kCompleted || job.state == CRAWLHUB_JOB_FINISHED) return "completed";
  return job.state == CRAWLHUB_JOB_PAUSED ? "paused" : "active";
}

inline double share(double part, double whole) {
  return whole > 0 ? std::clamp(part / whole, 0.0, 1.0) : 0;
}

inline double completion(const Job& job) {
  if (job.state == CRAWLHUB_JOB_FINISHED) return 1;
  double processed = 0;
  double total = 0;
  for (const EntityProgress& entity : job.progress.entities) {
    if (!entity.has(CRAWLHUB_HAS_TOTAL)) continue;
    processed += entity.processed;
    total += entity.total;
  }
  return share(processed, total);
}

inline void add_given(JsonText& json, const EntityProgress& entity, const char* key, double number,
                      std::uint32_t bit) {
  if (entity.has(bit)) json.field(key, number);
}

inline void add_entity(JsonText& json, const Job& job, const EntityProgress& entity, const Names& names) {
  const bool completed = entity.status == EntityProgress::kCompleted;
  json.begin_object()
      .field("entity_type", names.text(entity.type))
      .field("status", shown_status(job, entity))
      .field("total_discovered", std::max(entity.total, entity.processed))
      .field("total_processed", entity.processed)
      .field("completion_percentage", completed ? 100.0 : 100 * share(entity.processed, entity.total));
  add_given(json, entity, "current_page", entity.page, CRAWLHUB_HAS_PAGE);
  add_given(json, entity, "items_per_page", entity.per_page, EntityProgress::kPerPage);
  if (!entity.sub_collection.empty()) json.field("sub_collection", entity.sub_collection);
  add_given(json, entity, "estimated_remaining", entity.remaining, CRAWLHUB_HAS_REMAINING);
  add_given(json, entity, "processing_rate", entity.rate, CRAWLHUB_HAS_RATE);
  json.field("error_count", entity.status == EntityProgress::kFailed ? 1 : 0)
      .field("retry_count", 0)
      .end_object();
}

}  // namespace detail

// {type: count} of what a job has, by entity type.
inline void add_item_counts(JsonText& json, const Progress& progress, const Names& names,
                            std::uint32_t which) {
  json.begin_object();
  for (const EntityProgress& entity : progress.entities) {
    if (!entity.has(which)) continue;
    json.field(names.text(entity.type),
               which == EntityProgress::kItemCount ? entity.item_count : entity.count());
  }
  json.end_object();
}

// What storage knows of it: milestones are the tracker's. null where there was no progress yet.
inline void add_progress(JsonText& json, const Job& job, const Names& names) {
  const Progress& progress = job.progress;
  if (progress.updated_ns == 0 && progress.entities.empty()) {
    json.null();
    return;
  }
  const std::int64_t until = job.finished_ns != 0 ? job.finished_ns : progress.updated_ns;
  json.begin_object()
      .field("state", detail::shown_state(job))
      .field("overall_completion", detail::completion(job))
      .field("time_elapsed",
             job.started_ns == 0 ? 0 : std::max<std::int64_t>(0, until - job.started_ns) / 1'000'000);
  if (progress.given & CRAWLHUB_HAS_REMAINING)
    json.field("estimated_time_remaining", progress.remaining * 1000);
  json.field("processing_rate", progress.rate)
      .field("last_update", iso_time(std::max(progress.updated_ns, until)));
  if (!progress.stage.empty()) json.field("stage", progress.stage);
  if (!progress.message.empty()) json.field("message", progress.message);
  json.key("item_counts");
  add_item_counts(json, progress, names, EntityProgress::kItemCount);
  json.key("entities").begin_array();
  for (const EntityProgress& entity : progress.entities) {
    if (entity.has(EntityProgress::kReported)) detail::add_entity(json, job, entity, names);
  }
  json.end_array().key("milestones").begin_array().end_array().end_object();
}

// The form that load_progress reads back; the resume state is kept beside it.
inline void store_progress(JsonText& json, const Progress& progress, const Names& names) {
  constexpr std::string_view kStatus[] = {"active", "completed", "failed"};
  json.begin_object()
      .field("updated", progress.updated_ns)
      .field("entity_type", names.text(progress.entity_type));
  if (progress.given & CRAWLHUB_HAS_RATE) json.field("rate", progress.rate);
  if (progress.given & CRAWLHUB_HAS_REMAINING) json.field("remaining", progress.remaining);
  if (!progress.stage.empty()) json.field("stage", progress.stage);
  if (!progress.message.empty()) json.field("message", progress.message);
  json.key("entities").begin_array();
  for (const EntityProgress& e : progress.entities) {
    json.begin_object().field("entity_type", names.text(e.type));
    if (e.has(EntityProgress::kReported)) json.field("status", kStatus[e.status]);
    detail::add_given(json, e, "total_processed", e.processed, CRAWLHUB_HAS_PROCESSED);
    detail::add_given(json, e, "total_discovered", e.total, CRAWLHUB_HAS_TOTAL);
    detail::add_given(json, e, "current_page", e.page, CRAWLHUB_HAS_PAGE);
    detail::add_given(json, e, "items_per_page", e.per_page, EntityProgress::kPerPage);
    detail::add_given(json, e, "items", e.items, CRAWLHUB_HAS_ITEMS);
    detail::add_given(json, e, "processing_rate", e.rate, CRAWLHUB_HAS_RATE);
    detail::add_given(json, e, "estimated_remaining", e.remaining, CRAWLHUB_HAS_REMAINING);
    detail::add_given(json, e, "item_count", e.item_count, EntityProgress::kItemCount);
    detail::add_given(json, e, "final_count", e.final_count, EntityProgress::kFinalCount);
    if (!e.sub_collection.empty()) json.field("sub_collection", e.sub_collection);
    json.end_object();
  }
  json.end_array().end_object();
}

// Reads what store_progress wrote. Keeps scratch memory. Thread: one at a time.
class ProgressLoader {
 public:
  explicit ProgressLoader(Names& names) : names_(names) {}

  void load(Progress& progress, std::string_view stored) {
    if (stored.empty() || !index_.read(stored)) return;
    progress.updated_ns = index_.find("updated").integer().value_or(0);
    progress.entity_type = names_.intern_bounded(index_.find("entity_type").string(scratch_).value_or(""));
    progress.stage = index_.find("stage").string(scratch_).value_or("");
    progress.message = index_.find("message").string(scratch_).value_or("");
    if (const auto rate = index_.find("rate").number()) {
      progress.rate = *rate;
      progress.given |= CRAWLHUB_HAS_RATE;
    }
    if (const auto remaining = index_.find("remaining").number()) {
      progress.remaining = *remaining;
      progress.given |= CRAWLHUB_HAS_REMAINING;
    }
    merger_.merge_entities(progress, index_.find("entities").raw(), true);
    ignored_.clear();  // the counters have them already
    for (EntityProgress& entity : progress.entities) entity.counted = entity.stored = entity.count();
  }

 private:
  Names& names_;
  ItemCounts ignored_;
  ProgressMerger merger_{names_, ignored_};
  JsonIndex index_;
  std::string scratch_;
};

}  // namespace crawlhub::storage_model
