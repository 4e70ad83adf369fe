#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/outcome.hpp>
#include <crawlhub/storage_model/page.hpp>

#include "fair_mutex.hpp"
#include "sqlite_store.hpp"

namespace crawlhub::storage_sqlite {

// Answers the queries of one lane, on a connection of its own. Which rows a page has it finds beside the
// writer; to show jobs it takes the lock, for a few at a time, since the newest progress of a job is in
// memory only.
//
// Thread: one at a time. Errors: SQLite::Exception.
class Reader {
 public:
  Reader(const std::string& path, FairMutex& mutex, SqliteStore& store);

  // Answers a query (CRAWLHUB_QUERY_*), or says in answer why not.
  Outcome query(std::uint32_t kind, std::string_view parameters, std::string& answer);

 private:
  using Lock = std::lock_guard<FairMutex>;

  Outcome list_jobs(JsonText& json, std::string& answer);
  Outcome list_progress(JsonText& json);
  Outcome get_job(JsonText& json);
  Outcome list_accounts(JsonText& json);
  Outcome list_errors(JsonText& json);
  Outcome list_areas(JsonText& json);

  struct Wanted {
    std::uint16_t state = 0;  // 0: any
    std::string account, entity_type;
    bool everything() const { return state == 0 && account.empty() && entity_type.empty(); }
  };
  // The part of the index job_listed where such jobs stand.
  struct Part {
    std::int64_t account, entity_type;
    int state;
  };
  std::vector<Part> parts_of(const Wanted& wanted);
  std::vector<Part> parts_alive();
  void newest_rows(const Wanted& wanted, std::int64_t before, std::int64_t count);
  void living_rows(std::int64_t after, std::int64_t count);
  void keep_rows(std::int64_t count, bool newest_first);

  // Calls show for each of rows_, under the lock.
  template <class Show>
  void show_jobs(std::size_t count, Show show);
  const HotJob* load(std::int64_t row);

  std::unique_ptr<SQLite::Database> database_;
  FairMutex& mutex_;
  SqliteStore& store_;
  JobLoader loader_;
  Parameters parameters_;
  HotJob job_;
  std::vector<std::int64_t> rows_;
  Sql all_rows_, part_, part_up_, waiting_;
};

}  // namespace crawlhub::storage_sqlite
