// The progress of one job, as its reports tell it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <crawlhub/json_text.hpp>

#include "rate.hpp"
#include "update.hpp"

namespace crawlhub::progress {

enum class State : std::uint8_t {
  kInitializing,
  kDiscovering,
  kProcessing,
  kPaused,
  kCompleting,
  kCompleted,
  kFailed,
  kCancelled,
};
std::string_view name_of(State state) noexcept;
inline bool has_ended(State state) noexcept {
  return state >= State::kCompleted;
}

// One entity type of a job.
struct Entity {
  enum Status : std::uint8_t { kPending, kActive, kPaused, kCompleted, kFailed };

  std::string type, sub_collection;
  Status status = kPending;
  std::uint32_t given = 0;  // Update::Given
  double discovered = 0, processed = 0, page = 0, per_page = 0, remaining = 0, rate = 0;
  std::uint32_t errors = 0, retries = 0;
  std::int64_t started_ns = 0, processed_ns = 0;

  double completion() const noexcept;  // 0..1
};

struct Milestone {
  std::string_view name;
  std::int64_t at_ns;
  double completion;
};

// Times are wall clock, nanoseconds. In steady state (known entity types, texts no longer than before) an
// update allocates nothing. Thread: one at a time; Trackers locks.
class Tracker {
 public:
  // A report was accepted. Each returns how many milestones it reached, which are the last ones.
  std::size_t start(std::int64_t now_ns);
  std::size_t update(const Update& update, std::int64_t now_ns);
  std::size_t complete(std::string_view final_counts, std::int64_t now_ns);
  // again: it will be tried again.
  std::size_t fail(bool again, std::string_view partial_counts, std::int64_t now_ns);
  std::size_t discovered(std::int64_t now_ns);
  // What happened to the job other than by a report.
  void set_state(State state, std::int64_t now_ns);
  // What was known before this start of the hub: fills what no report has filled since. json: as the storage
  // shows it.
  void restore(std::string_view progress, std::int64_t started_ns);

  State state() const noexcept { return state_; }
  std::int64_t started_ns() const noexcept { return started_ns_; }
  std::int64_t ended_ns() const noexcept { return ended_ns_; }
  std::int64_t last_update_ns() const noexcept { return updated_ns_; }
  double processed() const noexcept { return processed_; }
  double discovered_total() const noexcept { return discovered_; }
  double completion() const noexcept;  // 0..1
  double rate(std::int64_t now_ns) const noexcept;
  // Seconds; below 0: not known, as while more is discovered than processed.
  double remaining(std::int64_t now_ns) const noexcept;
  const std::vector<Milestone>& milestones() const noexcept { return milestones_; }
  const std::vector<Entity>& entities() const noexcept { return entities_; }
  const Entity* current() const noexcept {
    return current_ < entities_.size() ? &entities_[current_] : nullptr;
  }
  const std::string& stage() const noexcept { return stage_; }
  const std::string& message() const noexcept { return message_; }
  const std::vector<std::pair<std::string, double>>& item_counts() const noexcept { return item_counts_; }

  // When the newest progress was last told to the outside.
  std::int64_t published_ns = 0;

 private:
  Entity& entity(std::string_view type);
  void update_entity(Entity& entity, const Update& update, std::int64_t now_ns);
  void update_all(std::string_view entities, std::int64_t now_ns);
  void set_counts(std::string_view counts);
  void set_stage(std::string_view stage);
  void add_up();
  std::size_t begin(std::int64_t now_ns);
  std::size_t end(State state, std::string_view milestone, std::int64_t now_ns);
  std::size_t reach(std::string_view name, std::int64_t now_ns);
  std::size_t reach_shares(std::int64_t now_ns);

  State state_ = State::kInitializing;
  std::uint8_t shares_ = 0;  // how many of the shares (25 %, ...) were reached
  std::size_t current_ = 0;  // entity of the newest report
  std::int64_t started_ns_ = 0, updated_ns_ = 0, ended_ns_ = 0;
  double processed_ = 0, discovered_ = 0;        // sums over entities
  double told_remaining_ = -1, told_rate_ = -1;  // by the crawler; below 0: not told
  Rate work_, growth_;
  std::string stage_, message_;
  std::vector<Entity> entities_;
  std::vector<std::pair<std::string, double>> item_counts_;
  std::vector<Milestone> milestones_;
};

// Appends the members of "Progress of a job" (without braces).
void write_progress(JsonText& json, const Tracker& tracker, std::int64_t now_ns);
// The progress of the page's jobUpdate, an object.
void write_page_progress(JsonText& json, const Tracker& tracker, std::int64_t now_ns);
void write_milestone(JsonText& json, const Milestone& milestone);

}  // namespace crawlhub::progress
