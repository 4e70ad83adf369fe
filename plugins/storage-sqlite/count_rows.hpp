#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include <crawlhub/storage_model/counters.hpp>

#include "hot_job.hpp"
#include "sql.hpp"
#include "stored_names.hpp"

namespace crawlhub::storage_sqlite {

// The counters on disk. What is stored agrees with the rows: the items of jobs whose progress is not folded
// yet are in memory only. Thread: one at a time.
class CountRows {
 public:
  CountRows(SQLite::Database& database, StoredNames& names);

  // Reads all of them again.
  void load(Counters& counters);
  // The job's row is being written: its items count as stored from here on.
  void stored(Job& job);
  // A group whose jobs were counted anew.
  void touched(std::uint32_t group) {
    if (group >= touched_.size()) touched_.resize(group + 1);
    touched_[group] = true;
  }
  // Stores what has changed, in the transaction in hand.
  void save(const Counters& counters);

 private:
  enum Kind : int { kItems = 1, kAreas = 2, kEntities = 3 };
  void save_group(std::uint32_t group, const JobGroup& jobs);
  void save_items(Kind kind, const std::vector<double>& items, std::vector<double>& saved);

  StoredNames& names_;
  Sql all_groups_, all_items_, put_group_, put_item_;
  std::vector<bool> touched_;     // by group
  std::vector<JobGroup> groups_;  // as stored
  ItemCounts items_;              // of the jobs as their rows are
  bool items_changed_ = false;
  std::vector<double> saved_items_, saved_areas_, saved_entities_;
};

}  // namespace crawlhub::storage_sqlite
