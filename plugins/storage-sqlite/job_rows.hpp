#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <crawlhub/storage_model/progress_json.hpp>

#include "hot_job.hpp"
#include "sql.hpp"
#include "stored_names.hpp"

namespace crawlhub::storage_sqlite {

// Reads rows of the table job, on any connection. Thread: one at a time, and not while names change.
class JobLoader {
 public:
  JobLoader(SQLite::Database& database, StoredNames& names);

  bool by_id(std::string_view id, HotJob& job);
  bool by_row(std::int64_t row, HotJob& job);
  // Only the id: empty where there is no such row.
  std::string id_of(std::int64_t row);

 private:
  void read(Sql& row, HotJob& job);

  StoredNames& names_;
  ProgressLoader progress_;
  Sql by_id_, by_row_, id_of_;
  std::string scratch_;
};

// Writes them. Thread: one at a time.
class JobRows {
 public:
  JobRows(SQLite::Database& database, StoredNames& names);

  // False where the id or the unique key is used; find_same says by which job.
  bool insert(const HotJob& job);
  std::string find_same(const Job& job);
  // After a transition; requeued: whether it may have changed its place in the queues as well.
  void update(HotJob& job, bool requeued);
  // Only its progress.
  void fold(HotJob& job);
  // A job of the journal that may be in the table or not.
  void put(const HotJob& job);

 private:
  std::string_view progress_text(const Job& job);
  static std::int64_t unique_in(const Job& job) noexcept {
    return job.root_row == job.row ? 0 : job.root_row;
  }

  StoredNames& names_;
  Sql insert_, replace_, same_id_, same_key_, update_, requeue_, fold_;
  JsonText json_;
  std::string progress_, crawler_;
};

}  // namespace crawlhub::storage_sqlite
