#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include <crawlhub/storage_model/names.hpp>

#include "sql.hpp"

namespace crawlhub::storage_sqlite {

using storage_model::NameId;
using storage_model::Names;

// The table name: texts that come again and again, by a number that holds on disk. Thread: one at a time.
class StoredNames {
 public:
  StoredNames(SQLite::Database& database, Names& names)
      : names_(names),
        insert_(database, "INSERT INTO name (text) VALUES (?) RETURNING id"),
        all_(database, "SELECT id, text FROM name") {}

  // Reads all of them again.
  void load() {
    stored_.assign(1, 0);  // the empty text is 0 in both
    by_stored_.clear();
    by_stored_.emplace(0, 0);
    for (all_.begin(); all_.next();) note(names_.intern(all_.text(1)), all_.integer(0));
  }
  // The number on disk; a new one is stored in the transaction in hand.
  std::int64_t stored(NameId id) {
    if (id < stored_.size() && (stored_[id] != 0 || id == 0)) return stored_[id];
    insert_.begin(names_.text(id)).next();
    const std::int64_t number = insert_.integer(0);
    insert_.done();
    note(id, number);
    return number;
  }
  NameId loaded(std::int64_t stored) const {
    const auto found = by_stored_.find(stored);
    return found == by_stored_.end() ? 0 : found->second;
  }
  std::string_view text(NameId id) const { return names_.text(id); }
  Names& names() noexcept { return names_; }

 private:
  void note(NameId id, std::int64_t stored) {
    if (id >= stored_.size()) stored_.resize(id + 1);
    stored_[id] = stored;
    by_stored_[stored] = id;
  }

  Names& names_;
  Sql insert_, all_;
  std::vector<std::int64_t> stored_;  // by NameId; 0: not on disk
  std::unordered_map<std::int64_t, NameId> by_stored_;
};

}  // namespace crawlhub::storage_sqlite
