#include "writer.hpp"

#include <chrono>
#include <utility>

#include <sqlite3.h>

namespace crawlhub::storage_sqlite {

namespace {

constexpr std::int64_t kRound = 1'000'000'000;    // progress is folded once a second
constexpr std::int64_t kMaintenance = 2'000'000;  // a call of maintain() takes about that
constexpr std::size_t kSlice = 64;                // rows folded in one transaction
constexpr std::size_t kSliceBeside = 32;          // beside a commit, where there are
constexpr std::size_t kOperationsBeside = 128;    // so many operations for each slice

std::int64_t monotonic_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Writer::Writer(const Options& options, Log log, std::int64_t now_ns)
    : options_(options),
      log_(std::move(log)),
      database_(open_database(options.path, Access::kWrite, options.cache)),
      journal_(options.path, options.journal, options.full),
      store_(*database_, journal_),
      checkpointer_(options.path, [this](const std::string& text) { log_(CRAWLHUB_LOG_ERROR, text); }) {
  sqlite3_wal_hook(
      database_->getHandle(),
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Checkpointer*>(self)->wrote_ahead(pages);
        return SQLITE_OK;
      },
      &checkpointer_);
  replay();
  if (!journal_.empty()) {
    log_(CRAWLHUB_LOG_INFO, options_.path + ": replayed the journal of a hub that was not stopped");
    fold_all();
    checkpointer_.sync_now();
    journal_.reset();
  } else if (!journal_.begun()) {
    journal_.reset();
  }
  while (journal_.reserve()) {
  }
  engine_.unblock_all();
  engine_.tidy(now_ns);
  store_.finish_rows(batch_);
  store_.commit();
}

void Writer::close() {
  if (!broken_.empty()) return;  // the next start replays
  fold_all();
  checkpointer_.sync_now();
  journal_.reset();
}

// ---- a batch ----

bool Writer::commit(Ops ops, ResultSlots results) {
  if (!broken_.empty()) {
    fail_all(results, broken_);
    return false;
  }
  try {
    make_room();
    ++batch_;
    store_.log_transitions(options_.full);
    finish(apply(ops, results));
    store_.log_transitions(false);
    store_.forget();
  } catch (const std::exception& error) {
    abandon(error.what());
    fail_all(results, failure_);
    return false;
  }
  fold_beside(ops.size());
  return true;
}

bool Writer::apply(Ops ops, ResultSlots results) {
  bool flush = false;
  engine_.begin_batch();
  for (std::size_t i = 0; i < ops.size(); ++i) {
    const crawlhub_op& op = ops[i];
    foresee(ops, i);
    store_.applying(op);
    engine_.apply(op, results[i]);
    flush |= results[i].status <= CRAWLHUB_RESULT_DUPLICATE && (op.flags & CRAWLHUB_OP_RELAXED) == 0;
  }
  return flush;
}

// Ten thousand jobs do not fit the processor's caches: without this each lookup would wait for memory several
// times.
void Writer::foresee(Ops ops, std::size_t now) {
  constexpr std::size_t kOperation = 20;
  constexpr std::size_t kSlot = 12;
  constexpr std::size_t kJob = 8;
  constexpr std::size_t kProgress = 4;
  static_assert(kSlot < std::tuple_size_v<decltype(hashes_)>);
  const auto hash = [&](std::size_t i) -> std::uint64_t& { return hashes_[i % hashes_.size()]; };
  if (now + kOperation < ops.size()) {
    const crawlhub_op& op = ops[now + kOperation];
    __builtin_prefetch(op.key.ptr);
    for (std::size_t at = 0; at < 256; at += 64) __builtin_prefetch(static_cast<const char*>(op.body) + at);
  }
  for (std::size_t i = now == 0 ? 0 : now + kSlot; i <= now + kSlot && i < ops.size(); ++i) {
    hash(i) = ops[i].kind == CRAWLHUB_OP_JOB_EVENT ? hash_text(view(ops[i].key)) : 0;
    if (hash(i) != 0) store_.foresee_slot(hash(i));
  }
  if (now + kJob < ops.size() && hash(now + kJob) != 0) store_.foresee_job(hash(now + kJob));
  if (now + kProgress < ops.size() && hash(now + kProgress) != 0)
    store_.foresee_progress(hash(now + kProgress));
}

// The frame before the transaction: a frame can be taken back, a transaction cannot.
void Writer::finish(bool flush) {
  store_.finish_rows(batch_);
  if (!journal_.frame().empty()) {
    journal_.write(batch_);
    in_journal_ = true;
    unflushed_ = true;
  }
  if (flush && unflushed_) flush_journal();
  store_.commit();
  in_journal_ = false;
}

// What a failed flush has lost nobody can say: a later one may succeed without it.
void Writer::flush_journal() {
  unflushed_ = false;
  if (!options_.full) return;
  try {
    journal_.sync();
  } catch (const JournalError& error) {
    broken_ = std::string(error.what()) + ". Nothing is stored any more: mend the disk and restart the hub.";
    throw;
  }
}

void Writer::fail_all(ResultSlots results, const std::string& reason) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    results[i].status = CRAWLHUB_RESULT_FAILED;
    results[i].code = CRAWLHUB_E_STORAGE_FAILED;
    results[i].text = str(reason);
    results[i].body = nullptr;
    results[i].body_size = 0;
  }
}

// The tables go back to the last batch; so does the memory, by the way that a start takes.
void Writer::abandon(const char* reason) noexcept {
  try {
    failure_ = options_.path + ": " + reason;
    log_(CRAWLHUB_LOG_ERROR, failure_);
    store_.log_transitions(false);
    store_.roll_back();
    journal_.frame().clear();
    if (std::exchange(in_journal_, false)) {
      journal_.take_back();
      if (options_.full) journal_.sync();
    }
    fold_from_ns_ = monotonic_ns() + kRound;  // a full disk needs no hammering
    if (broken_.empty()) replay();
  } catch (const std::exception& error) {
    broken_ = options_.path + ": " + error.what() +
              ". Nothing is stored any more: mend the cause and restart the hub.";
    log_(CRAWLHUB_LOG_ERROR, broken_);
  }
}

void Writer::replay() {
  const std::uint64_t in_tables = store_.reload();
  batch_ = std::max(batch_, in_tables);
  journal_.replay([&](const Frame& frame) {
    std::string_view rest = frame.records;
    for (std::uint64_t i = 0; i < frame.head.records && rest.size() >= sizeof(RecordHead); ++i) {
      RecordReader record(rest);
      const auto head = record.get<RecordHead>();
      store_.replay(head.kind, frame.head.first_record + i, record, frame.head.batch > in_tables);
      rest.remove_prefix(std::min<std::size_t>(head.size, rest.size()));
    }
    batch_ = std::max(batch_, frame.head.batch);
  });
  store_.end_replay();
  store_.finish_rows(batch_);
  store_.commit();
  retiring_ = store_.to_fold().begin();  // what was being folded before has become dirty again
  sync_ = 0;
}

// ---- folding, and room in the journal ----

void Writer::fold(std::size_t most) {
  if (store_.fold(most) == 0) return;
  store_.finish_rows(batch_);
  store_.commit();
}

void Writer::fold_all() {
  while (!store_.to_fold().idle()) {
    store_.to_fold().begin();
    fold(4096);
  }
}

void Writer::make_room() {
  if (!journal_.full()) return;
  retire();
  if (!journal_.other_free()) {  // it is written faster than it is folded: now the writer waits
    fold_all();
    if (options_.full) checkpointer_.sync_now();
    journal_.free_other();
  }
  // What was not flushed in the file that is left must not be forgotten.
  if (unflushed_) flush_journal();
  journal_.turn();
  retiring_ = store_.to_fold().begin();
  round_ns_ = monotonic_ns();
  sync_ = 0;
}

// The other file is free when all that it holds is in the tables, and those are on the disk.
void Writer::retire() {
  if (journal_.other_free()) return;
  if (!store_.to_fold().ended(retiring_)) {
    store_.to_fold().begin();
    return;
  }
  if (options_.full && sync_ == 0) sync_ = checkpointer_.request_sync();
  if (!options_.full || checkpointer_.synced(sync_)) journal_.free_other();
}

// Under load there is little time between batches: each does its share.
void Writer::fold_beside(std::size_t operations) {
  beside_ += operations;
  if (beside_ < kOperationsBeside || (fold_from_ns_ != 0 && monotonic_ns() < fold_from_ns_)) return;
  const std::size_t most = beside_ / kOperationsBeside * kSliceBeside;
  beside_ = 0;
  try {
    retire();
    if (store_.to_fold().in_hand()) fold(most);
  } catch (const std::exception& error) {
    abandon(error.what());
  }
}

bool Writer::maintain(std::int64_t now_ns) {
  if (!broken_.empty()) return false;
  const std::int64_t begun = monotonic_ns();
  try {
    if (unflushed_) flush_journal();
    bool more = engine_.tidy(now_ns);
    store_.finish_rows(batch_);
    store_.commit();
    if (begun - round_ns_ >= kRound && !store_.to_fold().in_hand()) {
      store_.to_fold().begin();
      round_ns_ = begun;
    }
    const bool may_fold = begun >= fold_from_ns_;
    while (may_fold && store_.to_fold().in_hand() && monotonic_ns() - begun < kMaintenance) fold(kSlice);
    retire();
    journal_.reserve();
    store_.forget();
    return more || (may_fold && store_.to_fold().in_hand());
  } catch (const std::exception& error) {
    abandon(error.what());
    return false;
  }
}

}  // namespace crawlhub::storage_sqlite
