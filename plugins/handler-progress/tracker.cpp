#include "tracker.hpp"

#include <algorithm>

#include <crawlhub/iso_time.hpp>
#include <crawlhub/json_index.hpp>
#include <crawlhub/json_walk.hpp>

namespace crawlhub::progress {
namespace {

constexpr std::size_t kMostEntities = 64;  // a crawler that makes up ever new types shares the last place
constexpr std::size_t kMostCounts = 64;
constexpr std::size_t kMostMilestones = 64;

struct Share {
  double share;
  std::string_view name;
};
constexpr Share kShares[] = {
    {0.25, "Progress: 25%"}, {0.50, "Progress: 50%"}, {0.75, "Progress: 75%"}, {0.90, "Progress: 90%"}};

// Without an allocation where the text is the one that stands there, or no longer than it ever was.
void assign(std::string& to, std::string_view text) {
  if (!text.empty() && to != text) to.assign(text);
}

}  // namespace

std::string_view name_of(State state) noexcept {
  constexpr std::string_view kNames[] = {"initializing", "discovering", "processing", "paused",
                                         "completing",   "completed",   "failed",     "cancelled"};
  return kNames[static_cast<std::size_t>(state)];
}

double Entity::completion() const noexcept {
  if (status == kCompleted) return 1;
  return discovered > 0 ? std::clamp(processed / discovered, 0.0, 1.0) : 0;
}

double Tracker::completion() const noexcept {
  if (state_ == State::kCompleted) return 1;
  return discovered_ > 0 ? std::clamp(processed_ / discovered_, 0.0, 1.0) : 0;
}

double Tracker::rate(std::int64_t now_ns) const noexcept {
  if (has_ended(state_)) return 0;
  if (work_.known()) return work_.at(now_ns);
  return std::max(told_rate_, 0.0);
}

double Tracker::remaining(std::int64_t now_ns) const noexcept {
  if (has_ended(state_)) return 0;
  if (!work_.known() || discovered_ <= 0) return told_remaining_;
  // What is still being discovered must be done as well: only what is left of the speed brings the end
  // nearer.
  const double nearer = work_.at(now_ns) - growth_.at(now_ns);
  return nearer > 0 ? (discovered_ - processed_) / nearer : told_remaining_;
}

Entity& Tracker::entity(std::string_view type) {
  if (current_ < entities_.size() && entities_[current_].type == type) return entities_[current_];
  for (current_ = 0; current_ < entities_.size(); ++current_) {
    if (entities_[current_].type == type) return entities_[current_];
  }
  if (entities_.size() >= kMostEntities) {
    current_ = entities_.size() - 1;
  } else {
    entities_.emplace_back().type = type;
  }
  return entities_[current_];
}

std::size_t Tracker::begin(std::int64_t now_ns) {
  updated_ns_ = now_ns;
  ended_ns_ = 0;
  // A paused job's last reports still come in.
  if (state_ != State::kDiscovering && state_ != State::kPaused) state_ = State::kProcessing;
  if (started_ns_ != 0) return 0;
  started_ns_ = now_ns;
  return reach("Job Started", now_ns);
}

std::size_t Tracker::start(std::int64_t now_ns) {
  return begin(now_ns);
}

std::size_t Tracker::update(const Update& update, std::int64_t now_ns) {
  std::size_t reached = begin(now_ns);
  set_stage(update.stage);
  assign(message_, update.message);
  if (update.entities.empty()) {
    update_entity(entity(update.entity_type), update, now_ns);
  } else {
    update_all(update.entities, now_ns);
  }
  if (update.has(Update::kRemaining)) told_remaining_ = update.remaining;
  if (update.has(Update::kRate)) told_rate_ = update.rate;
  if (!update.item_counts.empty()) set_counts(update.item_counts);
  add_up();
  work_.sample(processed_, now_ns);
  growth_.sample(discovered_, now_ns);
  reached += reach_shares(now_ns);
  return reached;
}

void Tracker::set_stage(std::string_view stage) {
  assign(stage_, stage);
  if (state_ != State::kPaused) state_ = stage_ == "discovering" ? State::kDiscovering : State::kProcessing;
}

void Tracker::update_entity(Entity& entity, const Update& update, std::int64_t now_ns) {
  if (entity.started_ns == 0) entity.started_ns = now_ns;
  if (update.has(Update::kProcessed) && update.processed != entity.processed) entity.processed_ns = now_ns;
  if (update.has(Update::kProcessed)) entity.processed = update.processed;
  if (update.has(Update::kTotal)) entity.discovered = update.total;
  if (update.has(Update::kPage)) entity.page = update.page;
  if (update.has(Update::kPerPage)) entity.per_page = update.per_page;
  if (update.has(Update::kRemaining)) entity.remaining = update.remaining;
  if (update.has(Update::kRate)) entity.rate = update.rate;
  assign(entity.sub_collection, update.sub_collection);
  entity.given |= update.given;
  // More was done than was thought to exist: the frontier grew.
  if ((entity.given & Update::kTotal) != 0) entity.discovered = std::max(entity.discovered, entity.processed);
  const auto before = entity.status;
  entity.status = update.stage == "completed" ? Entity::kCompleted
                  : update.stage == "failed"  ? Entity::kFailed
                                              : Entity::kActive;
  if (entity.status == Entity::kFailed && before != Entity::kFailed) ++entity.errors;
}

void Tracker::update_all(std::string_view entities, std::int64_t now_ns) {
  std::string name;
  std::string sub_collection;
  for (JsonWalk walk(entities); walk.next();) {
    Update one;
    read_entity(walk.member().raw(), one, name, sub_collection);
    if (!one.entity_type.empty()) update_entity(entity(one.entity_type), one, now_ns);
  }
}

void Tracker::set_counts(std::string_view counts) {
  for (JsonWalk walk(counts); walk.next();) {
    const auto number = walk.member().number();
    if (!number) continue;
    const auto known = std::find_if(item_counts_.begin(), item_counts_.end(),
                                    [&](const auto& count) { return count.first == walk.key(); });
    if (known != item_counts_.end()) {
      known->second = *number;
    } else if (item_counts_.size() < kMostCounts) {
      item_counts_.emplace_back(walk.key(), *number);
    }
  }
}

void Tracker::add_up() {
  processed_ = discovered_ = 0;
  for (const Entity& entity : entities_) {
    processed_ += entity.processed;
    discovered_ += std::max(entity.discovered, entity.processed);
  }
  // Without any total nothing is known of what there is.
  const bool told = std::any_of(entities_.begin(), entities_.end(),
                                [](const Entity& entity) { return (entity.given & Update::kTotal) != 0; });
  if (!told) discovered_ = 0;
}

std::size_t Tracker::complete(std::string_view final_counts, std::int64_t now_ns) {
  std::size_t reached = begin(now_ns);
  set_counts(final_counts);
  for (Entity& entity : entities_) {
    if (entity.status != Entity::kFailed) entity.status = Entity::kCompleted;
  }
  return reached + end(State::kCompleted, "Job Completed", now_ns);
}

std::size_t Tracker::fail(bool again, std::string_view partial_counts, std::int64_t now_ns) {
  std::size_t reached = begin(now_ns);
  set_counts(partial_counts);
  if (current_ < entities_.size()) {
    ++entities_[current_].errors;
    if (again) ++entities_[current_].retries;
    entities_[current_].status = again ? Entity::kPending : Entity::kFailed;
  }
  if (!again) return reached + end(State::kFailed, "Job Failed", now_ns);
  state_ = State::kInitializing;
  return reached;
}

std::size_t Tracker::discovered(std::int64_t now_ns) {
  // A crawler with several jobs may name one that has ended.
  const std::size_t reached = has_ended(state_) ? 0 : begin(now_ns);
  const auto known = std::any_of(milestones_.begin(), milestones_.end(), [](const Milestone& milestone) {
    return milestone.name == "Discovery Completed";
  });
  return known ? reached : reached + reach("Discovery Completed", now_ns);
}

void Tracker::set_state(State state, std::int64_t now_ns) {
  state_ = state;
  updated_ns_ = now_ns;
  ended_ns_ = has_ended(state) ? now_ns : 0;
}

std::size_t Tracker::end(State state, std::string_view milestone, std::int64_t now_ns) {
  state_ = state;
  ended_ns_ = now_ns;
  return reach(milestone, now_ns);
}

std::size_t Tracker::reach(std::string_view name, std::int64_t now_ns) {
  if (milestones_.size() >= kMostMilestones) return 0;  // of a job that is retried again and again
  milestones_.push_back({name, now_ns, completion()});
  return 1;
}

std::size_t Tracker::reach_shares(std::int64_t now_ns) {
  std::size_t reached = 0;
  const double share = completion();
  while (shares_ < std::size(kShares) && share >= kShares[shares_].share) {
    reached += reach(kShares[shares_].name, now_ns);
    ++shares_;
  }
  return reached;
}

void Tracker::restore(std::string_view progress, std::int64_t started_ns) {
  if (started_ns_ == 0 || (started_ns != 0 && started_ns < started_ns_)) started_ns_ = started_ns;
  const JsonIndex fields(progress);
  const std::size_t reported = entities_.size();
  const std::size_t current = current_;
  std::string name;
  std::string sub_collection;
  for (JsonWalk walk(fields.find("entities").raw()); walk.next();) {
    Update one;
    read_entity(walk.member().raw(), one, name, sub_collection);
    const auto known = std::find_if(entities_.begin(), entities_.end(),
                                    [&](const Entity& entity) { return entity.type == one.entity_type; });
    if (known == entities_.end()) update_entity(entity(one.entity_type), one, started_ns_);
  }
  if (reported != 0) {
    current_ = current;
  } else {
    assign(stage_, fields.find("stage").string().value_or(""));
    assign(message_, fields.find("message").string().value_or(""));
    updated_ns_ = parse_iso_time(fields.find("last_update").string().value_or("")).value_or(started_ns_);
  }
  if (item_counts_.empty()) set_counts(fields.find("item_counts").raw());
  add_up();
  // Shares that were reached before are told no second time.
  while (shares_ < std::size(kShares) && completion() >= kShares[shares_].share) ++shares_;
}

}  // namespace crawlhub::progress
