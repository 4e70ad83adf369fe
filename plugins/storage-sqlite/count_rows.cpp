#include "count_rows.hpp"

namespace crawlhub::storage_sqlite {

CountRows::CountRows(SQLite::Database& database, StoredNames& names)
    : names_(names),
      all_groups_(database, "SELECT account, entity_type, state, jobs FROM job_count"),
      all_items_(database, "SELECT kind, type, items FROM item_count"),
      put_group_(database, "INSERT OR REPLACE INTO job_count VALUES (?, ?, ?, ?)"),
      put_item_(database, "INSERT OR REPLACE INTO item_count VALUES (?, ?, ?)") {}

void CountRows::load(Counters& counters) {
  touched_.clear();
  items_.clear();
  items_changed_ = false;
  counters = Counters();
  for (all_groups_.begin(); all_groups_.next();) {
    const std::uint32_t group =
        counters.group(names_.loaded(all_groups_.integer(0)), names_.loaded(all_groups_.integer(1)));
    const auto state = static_cast<std::size_t>(all_groups_.integer(2));
    if (state < kStates) counters.at(group).jobs[state] = all_groups_.integer(3);
  }
  for (all_items_.begin(); all_items_.next();) {
    const NameId type = names_.loaded(all_items_.integer(1));
    const double items = all_items_.real(2);
    switch (all_items_.integer(0)) {
      case kItems:
        items_.add(type, items);
        counters.items.add(type, items);
        break;
      case kAreas:
        counters.areas.add(type, items);
        break;
      default:
        counters.entities.add(type, items);
    }
  }
  groups_ = counters.groups();
  saved_items_ = items_.all();
  saved_areas_ = counters.areas.all();
  saved_entities_ = counters.entities.all();
}

void CountRows::stored(Job& job) {
  for (EntityProgress& entity : job.progress.entities) {
    if (entity.counted == entity.stored) continue;
    items_.add(entity.type, entity.counted - entity.stored);
    entity.stored = entity.counted;
    items_changed_ = true;
  }
}

void CountRows::save(const Counters& counters) {
  for (std::uint32_t group = 0; group < touched_.size(); ++group) {
    if (!touched_[group]) continue;
    touched_[group] = false;
    save_group(group, counters.groups()[group]);
  }
  if (items_changed_) save_items(kItems, items_.all(), saved_items_);
  items_changed_ = false;
  save_items(kAreas, counters.areas.all(), saved_areas_);
  save_items(kEntities, counters.entities.all(), saved_entities_);
}

void CountRows::save_group(std::uint32_t group, const JobGroup& jobs) {
  if (group >= groups_.size()) groups_.resize(group + 1);
  JobGroup& saved = groups_[group];
  for (std::size_t state = 1; state < kStates; ++state) {
    if (saved.jobs[state] == jobs.jobs[state]) continue;
    put_group_.run(names_.stored(jobs.account), names_.stored(jobs.entity_type), state, jobs.jobs[state]);
  }
  saved = jobs;
}

void CountRows::save_items(Kind kind, const std::vector<double>& items, std::vector<double>& saved) {
  saved.resize(items.size());
  for (NameId type = 0; type < items.size(); ++type) {
    if (saved[type] == items[type]) continue;
    put_item_.run(static_cast<int>(kind), names_.stored(type), items[type]);
    saved[type] = items[type];
  }
}

}  // namespace crawlhub::storage_sqlite
