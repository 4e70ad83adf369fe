// The shapes that the web application knows.
#include <algorithm>

#include <crawlhub/iso_time.hpp>

#include "tracker.hpp"

namespace crawlhub::progress {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;

std::string_view status_of(const Entity& entity, State job) noexcept {
  switch (entity.status) {
    case Entity::kPending:
      return "pending";
    case Entity::kPaused:
      return "paused";
    case Entity::kCompleted:
      return "completed";
    case Entity::kFailed:
      return "failed";
    case Entity::kActive:
      break;
  }
  return job == State::kPaused ? "paused" : "active";
}

void field_if(JsonText& json, const Entity& entity, Update::Given bit, std::string_view name, double value) {
  if ((entity.given & bit) != 0) json.field(name, value);
}

void time_if(JsonText& json, std::string_view name, std::int64_t at_ns) {
  if (at_ns != 0) json.field(name, iso_time(at_ns));
}

void write_entity(JsonText& json, const Entity& entity, State job) {
  json.begin_object().field("entity_type", entity.type).field("status", status_of(entity, job));
  json.field("total_discovered", std::max(entity.discovered, entity.processed));
  json.field("total_processed", entity.processed).field("completion_percentage", 100 * entity.completion());
  field_if(json, entity, Update::kPage, "current_page", entity.page);
  field_if(json, entity, Update::kPerPage, "items_per_page", entity.per_page);
  if (!entity.sub_collection.empty()) json.field("sub_collection", entity.sub_collection);
  field_if(json, entity, Update::kRemaining, "estimated_remaining", entity.remaining);
  field_if(json, entity, Update::kRate, "processing_rate", entity.rate);
  json.field("error_count", entity.errors).field("retry_count", entity.retries);
  time_if(json, "started_at", entity.started_ns);
  time_if(json, "last_processed_at", entity.processed_ns);
  json.end_object();
}

void write_counts(JsonText& json, std::string_view name, const Tracker& tracker) {
  json.key(name).begin_object();
  for (const auto& [type, count] : tracker.item_counts()) json.field(type, count);
  json.end_object();
}

}  // namespace

void write_milestone(JsonText& json, const Milestone& milestone) {
  json.begin_object().field("name", milestone.name).field("timestamp", iso_time(milestone.at_ns));
  json.field("progress_at_milestone", milestone.completion).end_object();
}

void write_progress(JsonText& json, const Tracker& tracker, std::int64_t now_ns) {
  const std::int64_t until = tracker.ended_ns() != 0 ? tracker.ended_ns() : now_ns;
  const std::int64_t elapsed =
      tracker.started_ns() == 0 ? 0 : std::max<std::int64_t>(0, until - tracker.started_ns());
  json.field("state", name_of(tracker.state())).field("overall_completion", tracker.completion());
  json.field("time_elapsed", elapsed / kMillisecond);
  if (const double remaining = tracker.remaining(now_ns); remaining >= 0) {
    json.field("estimated_time_remaining", static_cast<std::int64_t>(remaining * 1000));
  }
  json.field("processing_rate", tracker.rate(now_ns));
  json.field("last_update", iso_time(tracker.last_update_ns()));
  if (!tracker.stage().empty()) json.field("stage", tracker.stage());
  if (!tracker.message().empty()) json.field("message", tracker.message());
  write_counts(json, "item_counts", tracker);
  json.key("entities").begin_array();
  for (const Entity& entity : tracker.entities()) write_entity(json, entity, tracker.state());
  json.end_array().key("milestones").begin_array();
  for (const Milestone& milestone : tracker.milestones()) write_milestone(json, milestone);
  json.end_array();
}

void write_page_progress(JsonText& json, const Tracker& tracker, std::int64_t now_ns) {
  const Entity none;
  const Entity& entity = tracker.current() != nullptr ? *tracker.current() : none;
  json.begin_object().field("stage", tracker.stage());
  if (!tracker.message().empty()) json.field("message", tracker.message());
  json.field("entity_type", entity.type)
      .field("total_discovered", std::max(entity.discovered, entity.processed));
  json.field("total_processed", entity.processed);
  field_if(json, entity, Update::kPage, "current_page", entity.page);
  field_if(json, entity, Update::kPerPage, "items_per_page", entity.per_page);
  if (!entity.sub_collection.empty()) json.field("sub_collection", entity.sub_collection);
  field_if(json, entity, Update::kRemaining, "estimated_remaining", entity.remaining);
  const double rate = tracker.rate(now_ns);
  const double remaining = tracker.remaining(now_ns);
  // The page reads both spellings.
  for (const std::string_view name : {"itemCounts", "item_counts"}) write_counts(json, name, tracker);
  for (const std::string_view name : {"processingRate", "processing_rate"}) json.field(name, rate);
  if (remaining >= 0) {
    for (const std::string_view name : {"estimatedTimeRemaining", "estimated_time_remaining"}) {
      json.field(name, remaining);
    }
  }
  json.end_object();
}

}  // namespace crawlhub::progress
