// The newest progress of a job, merged from its reports: what a report gives wins, what it leaves out stays,
// and counts are kept for each entity type.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/abi/storage_ops.h>
#include <crawlhub/flat.hpp>
#include <crawlhub/json_index.hpp>
#include <crawlhub/storage_model/names.hpp>

namespace crawlhub::storage_model {

// Items of each entity type, over all jobs. Index: NameId.
class ItemCounts {
 public:
  void add(NameId type, double items) {
    if (type >= items_.size()) items_.resize(type + 1);
    items_[type] += items;
  }
  const std::vector<double>& all() const noexcept { return items_; }
  void clear() noexcept { items_.clear(); }

 private:
  std::vector<double> items_;
};

// What is known of one entity type of a job.
struct EntityProgress {
  // bits of given; those of CRAWLHUB_HAS_* mean what they mean there
  static constexpr std::uint32_t kPerPage = 1u << 16;
  static constexpr std::uint32_t kItemCount = 1u << 17;
  static constexpr std::uint32_t kFinalCount = 1u << 18;
  static constexpr std::uint32_t kReported = 1u << 19;  // by progress, not by counts alone

  enum Status : std::uint8_t { kActive, kCompleted, kFailed };

  NameId type = 0;
  std::uint32_t given = 0;
  Status status = kActive;
  double processed = 0, total = 0, page = 0, per_page = 0, items = 0, rate = 0, remaining = 0;
  double item_count = 0, final_count = 0;
  double counted = 0;  // what is in ItemCounts for it
  double stored = 0;   // what is in the stored counters for it
  std::string sub_collection;

  bool has(std::uint32_t bits) const noexcept { return (given & bits) != 0; }
  // The number of items that this job has of the type, by the best that was told.
  double count() const noexcept {
    return has(kFinalCount) ? final_count : has(kItemCount) ? item_count : processed;
  }
};

struct Progress {
  std::int64_t updated_ns = 0;  // 0: there was none
  NameId entity_type = 0;       // of the newest report
  std::uint32_t given = 0;      // CRAWLHUB_HAS_RATE, CRAWLHUB_HAS_REMAINING
  double rate = 0, remaining = 0;
  std::string stage, message, resume_state;
  std::vector<EntityProgress> entities;

  EntityProgress& entity(NameId type) {
    for (EntityProgress& known : entities) {
      if (known.type == type) return known;
    }
    // A crawler that makes up ever new types shares the last place.
    if (entities.size() >= kMostEntities) return entities.back();
    EntityProgress& added = entities.emplace_back();
    added.type = type;
    return added;
  }

 private:
  static constexpr std::size_t kMostEntities = 64;
};

// Merges reports. Keeps scratch memory. Thread: one at a time.
class ProgressMerger {
 public:
  ProgressMerger(Names& names, ItemCounts& counts) : names_(names), counts_(counts) {}

  // job_type stands in where the report names no entity type.
  void merge(Progress& progress, NameId job_type, const Body<crawlhub_job_event>& event) {
    progress.updated_ns = event->now_ns;
    const std::string_view named = event.text(&crawlhub_job_event::entity_type);
    const NameId type = named.empty() ? job_type : names_.intern_bounded(named);
    progress.entity_type = type;
    merge_texts(progress, event);
    const std::string_view entities = event.text(&crawlhub_job_event::entities);
    if (entities.empty()) {
      merge_entity(progress.entity(type), event);
    } else {
      merge_entities(progress, entities);
    }
    merge_counts(progress, event.text(&crawlhub_job_event::item_counts), EntityProgress::kItemCount);
  }
  // Resume state and the like, which any event may carry.
  void merge_texts(Progress& progress, const Body<crawlhub_job_event>& event) {
    assign(progress.stage, event.text(&crawlhub_job_event::stage));
    assign(progress.message, event.text(&crawlhub_job_event::message));
    assign(progress.resume_state, event.text(&crawlhub_job_event::resume_state));
    const std::uint32_t flags = event->flags;
    if (flags & CRAWLHUB_HAS_RATE) progress.rate = event->rate;
    if (flags & CRAWLHUB_HAS_REMAINING) progress.remaining = event->remaining;
    progress.given |= flags & (CRAWLHUB_HAS_RATE | CRAWLHUB_HAS_REMAINING);
  }
  // counts: a JSON object of numbers, or empty. which: kItemCount or kFinalCount.
  void merge_counts(Progress& progress, std::string_view counts, std::uint32_t which) {
    if (counts.empty() || !index_.read(counts)) return;
    for (const Member member : index_.members()) {
      const auto number = member.number();
      if (!number) continue;
      EntityProgress& entity = progress.entity(names_.intern_bounded(member.key()));
      (which == EntityProgress::kFinalCount ? entity.final_count : entity.item_count) = *number;
      entity.given |= which;
      recount(entity);
    }
  }
  void recount(EntityProgress& entity) {
    const double count = entity.count();
    if (count == entity.counted) return;
    counts_.add(entity.type, count - entity.counted);
    entity.counted = count;
  }
  Names& names() noexcept { return names_; }

  // The list of the older dialect; also the stored form of entities (progress_json.hpp), where one without a
  // status is known by its counts alone.
  void merge_entities(Progress& progress, std::string_view list, bool stored = false) {
    if (!index_.read(list)) return;
    for (const Member element : index_.members()) {
      if (!inner_.read(element.raw())) continue;
      const auto name = inner_.find("entity_type").string(scratch_);
      if (name) merge_entity(progress.entity(names_.intern_bounded(*name)), inner_, stored);
    }
  }

 private:
  static void assign(std::string& to, std::string_view given) {
    if (!given.empty()) to.assign(given);
  }
  static EntityProgress::Status status_of(std::string_view stage) noexcept {
    return stage == "completed" ? EntityProgress::kCompleted
           : stage == "failed"  ? EntityProgress::kFailed
                                : EntityProgress::kActive;
  }

  void merge_entity(EntityProgress& entity, const Body<crawlhub_job_event>& event) {
    const std::uint32_t flags = event->flags;
    if (flags & CRAWLHUB_HAS_PROCESSED) entity.processed = event->processed;
    if (flags & CRAWLHUB_HAS_TOTAL) entity.total = event->total;
    if (flags & CRAWLHUB_HAS_PAGE) entity.page = event->page;
    if (flags & CRAWLHUB_HAS_ITEMS) entity.items = event->items;
    if (flags & CRAWLHUB_HAS_RATE) entity.rate = event->rate;
    if (flags & CRAWLHUB_HAS_REMAINING) entity.remaining = event->remaining;
    constexpr std::uint32_t kNumbers = CRAWLHUB_HAS_PROCESSED | CRAWLHUB_HAS_TOTAL | CRAWLHUB_HAS_PAGE |
                                       CRAWLHUB_HAS_ITEMS | CRAWLHUB_HAS_RATE | CRAWLHUB_HAS_REMAINING;
    entity.given |= (flags & kNumbers) | EntityProgress::kReported;
    entity.status = status_of(event.text(&crawlhub_job_event::stage));
    raise_total(entity);
    recount(entity);
  }
  void merge_entity(EntityProgress& entity, const JsonIndex& from, bool stored) {
    const auto number = [&](const char* key, double& to, std::uint32_t bit) {
      if (const auto given = from.find(key).number()) {
        to = *given;
        entity.given |= bit;
      }
    };
    number("total_processed", entity.processed, CRAWLHUB_HAS_PROCESSED);
    number("total_discovered", entity.total, CRAWLHUB_HAS_TOTAL);
    number("current_page", entity.page, CRAWLHUB_HAS_PAGE);
    number("items_per_page", entity.per_page, EntityProgress::kPerPage);
    number("items", entity.items, CRAWLHUB_HAS_ITEMS);
    number("processing_rate", entity.rate, CRAWLHUB_HAS_RATE);
    number("estimated_remaining", entity.remaining, CRAWLHUB_HAS_REMAINING);
    number("item_count", entity.item_count, EntityProgress::kItemCount);
    number("final_count", entity.final_count, EntityProgress::kFinalCount);
    const auto status = from.find("status").string(text_);
    if (status) entity.status = status_of(*status);
    if (status || !stored) entity.given |= EntityProgress::kReported;
    if (const auto text = from.find("sub_collection").string(text_)) entity.sub_collection = *text;
    raise_total(entity);
    recount(entity);
  }
  // More was processed than was thought to exist: the frontier grew.
  static void raise_total(EntityProgress& entity) noexcept {
    if (entity.has(CRAWLHUB_HAS_TOTAL) && entity.processed > entity.total) entity.total = entity.processed;
  }

  Names& names_;
  ItemCounts& counts_;
  JsonIndex index_, inner_;
  std::string scratch_, text_;
};

}  // namespace crawlhub::storage_model
