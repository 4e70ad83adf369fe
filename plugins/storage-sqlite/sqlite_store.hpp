#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <crawlhub/storage_model/model.hpp>

#include "catalog_rows.hpp"
#include "count_rows.hpp"
#include "database_file.hpp"
#include "fold_queue.hpp"
#include "hot_jobs.hpp"
#include "job_rows.hpp"
#include "journal.hpp"
#include "records.hpp"

namespace crawlhub::storage_sqlite {

// The tables and the jobs in memory, as the engine of the model wants them: transitions go to a transaction,
// progress to the journal, and both to the jobs in memory at once. Batch (batch.hpp) says when a transaction
// ends.
//
// Thread: one at a time, the writer or whoever has the lock of the plugin.
class SqliteStore {
 public:
  using JobType = HotJob;

  SqliteStore(SQLite::Database& database, Journal& journal);

  Model& model() noexcept { return model_; }

  // ---- what the engine asks (storage_model/model.hpp) ----
  HotJob* find(std::string_view id);
  bool create(const Job& fields, std::string& existing);
  void changed(HotJob& job, const JobPlace& before);
  void progress(HotJob& job, const Body<crawlhub_job_event>& event);
  void ready(const TypeFilter& filter, std::size_t limit, std::vector<HotJob*>& out);
  void due(Queue queue, std::int64_t now, std::size_t limit, std::vector<HotJob*>& out);
  void needing(NameId account, Queue queue, std::size_t limit, std::vector<HotJob*>& out);
  void held_by(std::uint64_t connection, std::vector<HotJob*>& out);
  void held_before(NameId hub, NameId incarnation, std::vector<HotJob*>& out);
  void account_put(const Account& account);
  void account_removed(std::string_view name);
  void put_area(const crawlhub_op& op, crawlhub_result& result);
  void put_entity(const crawlhub_op& op, crawlhub_result& result);
  void add_error(const crawlhub_op& op, crawlhub_result& result);

  // ---- transactions ----

  // Whether transitions go to the journal as well as to the tables, from here on.
  void log_transitions(bool yes) noexcept { logs_ = yes; }
  // The operation that the engine is about to apply: what it does to accounts is logged as this.
  void applying(const crawlhub_op& op) noexcept { op_ = &op; }
  // Opens a transaction, where none is open.
  void need_transaction();
  bool in_transaction() const noexcept { return in_transaction_; }
  // Writes what is pending, the counters and the number of the newest batch.
  void finish_rows(std::uint64_t batch);
  void commit();
  void roll_back() noexcept;

  // ---- folding ----

  FoldQueue& to_fold() noexcept { return to_fold_; }
  // Writes the progress of up to a number of jobs of the round in hand. Returns how many it wrote.
  std::size_t fold(std::size_t most);

  // ---- starting anew, after a start or a failed batch ----

  // Forgets all that is in memory and reads what is to be there. Returns the number of the newest batch in
  // the tables.
  std::uint64_t reload();
  // Does again what a record of the journal says. transitions: whether those are missing in the tables.
  void replay(RecordKind kind, std::uint64_t number, RecordReader record, bool transitions);
  void end_replay() { replayed_.clear(); }

  // Asks the memory for what an operation that comes soon will need: each step finds the addresses for the
  // next. hash: of the job's id (hash_text).
  void foresee_slot(std::uint64_t hash) const noexcept { hot_.table().prefetch(hash); }
  void foresee_job(std::uint64_t hash) const noexcept;
  void foresee_progress(std::uint64_t hash) const noexcept;

  HotJobs& hot() noexcept { return hot_; }
  StoredNames& names() noexcept { return names_; }
  // How much progress waits for its row.
  std::size_t unfolded() const noexcept { return to_fold_.size(); }
  // Forgets jobs that are in memory for no reason any more: a few a batch.
  void forget() {
    hot_.forget(2 * loads_ + 16);
    loads_ = 0;
  }

 private:
  HotJob* find_row(std::int64_t row);
  HotJob& keep(HotJob& job);
  void load_rows(std::vector<HotJob*>& out);
  void write_pending();
  void load_held();
  void log_operation(const crawlhub_op& op, const crawlhub_result& result);
  void log_account();
  void replay_job(std::uint64_t number, RecordReader& record);
  HotJob& replace(HotJob& known, const HotJob& read);
  void replay_operation(RecordReader& record);
  void replay_progress(std::uint64_t number, RecordReader& record);

  SQLite::Database& database_;
  Journal& journal_;
  Model model_;
  StoredNames names_;
  HotJobs hot_;
  FoldQueue to_fold_;
  JobLoader loader_;
  JobRows rows_;
  CountRows counts_;
  CatalogRows catalog_;
  ProgressLoader progress_loader_;
  Sql begin_, commit_, roll_back_, batch_, put_batch_, newest_row_;
  Sql ready_, waiting_, spent_, first_waiting_, blocked_, expired_, in_state_;

  bool in_transaction_ = false;
  bool logs_ = false;
  const crawlhub_op* op_ = nullptr;
  std::vector<HotJob*> pending_;
  std::int64_t next_row_ = 1;
  std::int64_t waiting_from_ = 0;                             // no job waits for a time before this one
  std::size_t loads_ = 0;                                     // jobs read into memory since the last forget()
  std::vector<std::pair<std::int64_t, std::int64_t>> found_;  // (-priority, row)
  std::vector<char> flat_;
  std::vector<std::uint64_t> body_;
  std::string stored_progress_;
  std::unordered_map<std::int64_t, HotJob*> replayed_;  // jobs of the replay in hand, by row
};

}  // namespace crawlhub::storage_sqlite
