#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <crawlhub/storage.hpp>
#include <crawlhub/storage_model/engine.hpp>

#include "checkpointer.hpp"
#include "sqlite_store.hpp"

namespace crawlhub::storage_sqlite {

struct Options {
  std::string path;           // absolute
  bool full = true;           // durability: full; else relaxed
  std::uint64_t journal = 0;  // bytes
  std::uint64_t cache = 0;    // bytes
};

// Commits batches: what must be in the tables in one transaction, what need not in one frame of the journal.
// Folds progress into rows meanwhile, and keeps the journal from filling up.
//
// Thread: one at a time: the writer, or who has the plugin's lock.
class Writer {
 public:
  // Opens what migrate() has prepared, and replays. log: told what an operator should know, as a level and a
  // sentence; [any]. now_ns: wall clock. Errors: StartError, JournalError, SQLite::Exception.
  Writer(const Options& options, std::function<void(std::int32_t, const std::string&)> log,
         std::int64_t now_ns);
  // Folds and flushes everything, so that the next start has nothing to replay. Errors: as the constructor's.
  void close();

  // False where nothing of the batch could be applied; all results say so then.
  bool commit(Ops ops, ResultSlots results);
  // A few milliseconds of housekeeping. True where more is to be done at once.
  bool maintain(std::int64_t now_ns);

  SqliteStore& store() noexcept { return store_; }

 private:
  using Log = std::function<void(std::int32_t, const std::string&)>;

  // True where something of it must be flushed before its result is told.
  bool apply(Ops ops, ResultSlots results);
  void foresee(Ops ops, std::size_t now);
  void finish(bool flush);
  void flush_journal();
  void make_room();
  void retire();
  void fold(std::size_t most);
  void fold_all();
  void fold_beside(std::size_t operations);
  void abandon(const char* reason) noexcept;
  void replay();
  void fail_all(ResultSlots results, const std::string& reason);

  Options options_;
  Log log_;
  std::unique_ptr<SQLite::Database> database_;
  Journal journal_;
  SqliteStore store_;
  Engine<SqliteStore> engine_{store_};
  Checkpointer checkpointer_;
  std::uint64_t batch_ = 0;  // number of the newest
  bool unflushed_ = false;   // the journal has frames that were not flushed
  bool in_journal_ = false;  // the batch in hand has its frame in the journal
  std::uint64_t retiring_ =
      0;                       // round of folding after which the other file of the journal holds nothing new
  std::uint64_t sync_ = 0;     // request to flush the tables for it; 0: none yet
  std::int64_t round_ns_ = 0;  // when the newest round began, monotonic
  std::int64_t fold_from_ns_ = 0;           // not before; monotonic
  std::size_t beside_ = 0;                  // operations since the last fold beside a commit
  std::array<std::uint64_t, 16> hashes_{};  // of the operations that come next
  std::string broken_;                      // why nothing can be committed any more
  std::string failure_;                     // why the last batch failed
};

}  // namespace crawlhub::storage_sqlite
