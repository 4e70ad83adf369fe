#include "sqlite_store.hpp"

#include <algorithm>
#include <limits>

namespace crawlhub::storage_sqlite {

SqliteStore::SqliteStore(SQLite::Database& database, Journal& journal)
    : database_(database),
      journal_(journal),
      names_(database, model_.names),
      loader_(database, names_),
      rows_(database, names_),
      counts_(database, names_),
      catalog_(database, names_),
      progress_loader_(model_.names),
      begin_(database, "BEGIN IMMEDIATE"),
      commit_(database, "COMMIT"),
      roll_back_(database, "ROLLBACK"),
      batch_(database, "SELECT number, record FROM batch"),
      put_batch_(database, "UPDATE batch SET number = ?, record = ?"),
      newest_row_(database, "SELECT coalesce(max(row), 0) FROM job"),
      ready_(database,
             "SELECT row, priority FROM job WHERE queue = 1 AND entity_type = ? ORDER BY priority DESC, row "
             "LIMIT ?"),
      waiting_(database, "SELECT row FROM job WHERE queue = 2 AND run_at <= ? ORDER BY run_at, row LIMIT ?"),
      spent_(database, "SELECT row FROM job WHERE queue = 4 AND run_at <= ? ORDER BY run_at, row LIMIT ?"),
      first_waiting_(database, "SELECT min(run_at) FROM job WHERE queue = 2"),
      blocked_(database, "SELECT row FROM job WHERE queue = 3 AND account = ? LIMIT ?"),
      expired_(database, "SELECT row FROM job WHERE queue = 5 AND account = ? LIMIT ?"),
      in_state_(database, "SELECT row FROM job WHERE account = ? AND entity_type = ? AND state = ?") {}

// ---- jobs ----

HotJob& SqliteStore::keep(HotJob& job) {
  job.group = model_.counters.group(job.account, job.entity_type);
  hot_.keep(job);
  ++loads_;
  return job;
}

HotJob* SqliteStore::find(std::string_view id) {
  if (HotJob* job = hot_.find(id)) return job;
  HotJob& job = hot_.blank();
  if (loader_.by_id(id, job)) return &keep(job);
  hot_.give_back(job);
  return nullptr;
}

// The one in memory is newer than its row.
HotJob* SqliteStore::find_row(std::int64_t row) {
  HotJob& job = hot_.blank();
  const bool found = loader_.by_row(row, job);
  HotJob* known = found ? hot_.find(job.id) : nullptr;
  if (found && known == nullptr) return &keep(job);
  hot_.give_back(job);
  return known;
}

bool SqliteStore::create(const Job& fields, std::string& existing) {
  need_transaction();
  HotJob& job = hot_.blank();
  static_cast<Job&>(job) = fields;
  job.row = next_row_;
  if (job.root_row == 0) job.root_row = job.row;
  job.record = journal_.next_record() - 1;
  const bool added = rows_.insert(job);
  if (added) {
    ++next_row_;
    counts_.touched(job.group);
    if (job.queue == Queue::kWaiting) waiting_from_ = std::min(waiting_from_, job.run_at_ns);
    if (logs_) write_job(journal_.frame(), job, model_.names);
  } else {
    existing = rows_.find_same(job);
  }
  hot_.give_back(job);
  return added;
}

void SqliteStore::changed(HotJob& job, const JobPlace& before) {
  hot_.held().moved(job, before);
  counts_.touched(job.group);
  job.requeued |= job.queue != before.queue || job.run_at_ns != before.run_at_ns;
  if (job.queue == Queue::kWaiting) waiting_from_ = std::min(waiting_from_, job.run_at_ns);
  if (job.pending) return;
  job.pending = true;
  pending_.push_back(&job);
}

// A job whose row is written at the end of the batch takes its progress along.
void SqliteStore::progress(HotJob& job, const Body<crawlhub_job_event>& event) {
  if (!job.pending) {
    write_progress(journal_.frame(), job, event);
    to_fold_.add(job);
  }
  model_.merger.merge(job.progress, job.entity_type, event);
}

void SqliteStore::foresee_job(std::uint64_t hash) const noexcept {
  const HotJob* job = hot_.table().peek(hash);
  if (job == nullptr) return;
  constexpr std::size_t kLine = 64;
  for (std::size_t at = 0; at < 6 * kLine; at += kLine)
    __builtin_prefetch(reinterpret_cast<const char*>(job) + at);
}

void SqliteStore::foresee_progress(std::uint64_t hash) const noexcept {
  const HotJob* job = hot_.table().peek(hash);
  if (job == nullptr) return;
  __builtin_prefetch(job->id.data());
  __builtin_prefetch(job->progress.message.data(), 1);
  __builtin_prefetch(job->progress.resume_state.data(), 1);
  const char* entities = reinterpret_cast<const char*>(job->progress.entities.data());
  for (std::size_t at = 0; at < 2 * sizeof(EntityProgress); at += 64) __builtin_prefetch(entities + at, 1);
}

void SqliteStore::load_rows(std::vector<HotJob*>& out) {
  for (const auto& [priority, row] : found_) {
    if (HotJob* job = find_row(row)) out.push_back(job);
  }
}

void SqliteStore::ready(const TypeFilter& filter, std::size_t limit, std::vector<HotJob*>& out) {
  write_pending();
  found_.clear();
  std::vector<NameId> asked;
  for (const JobGroup& group : model_.counters.groups()) {
    const NameId type = group.entity_type;
    if (group.jobs[CRAWLHUB_JOB_QUEUED] == 0 || !filter.wants(type)) continue;
    if (std::find(asked.begin(), asked.end(), type) != asked.end()) continue;
    asked.push_back(type);
    for (ready_.begin(names_.stored(type), limit); ready_.next();) {
      found_.emplace_back(-ready_.integer(1), ready_.integer(0));
    }
  }
  std::sort(found_.begin(), found_.end());
  if (found_.size() > limit) found_.resize(limit);
  load_rows(out);
}

void SqliteStore::due(Queue queue, std::int64_t now, std::size_t limit, std::vector<HotJob*>& out) {
  const bool waiting = queue == Queue::kWaiting;
  if (waiting && waiting_from_ > now) return;
  write_pending();
  found_.clear();
  Sql& rows = waiting ? waiting_ : spent_;
  for (rows.begin(now, limit); rows.next();) found_.emplace_back(0, rows.integer(0));
  load_rows(out);
  if (!waiting || found_.size() == limit) return;
  // All that are due were found: the next question is not before the first of the others is.
  waiting_from_ = std::numeric_limits<std::int64_t>::max();
  if (found_.empty() && first_waiting_.begin().next() && first_waiting_.integer(0) > now) {
    waiting_from_ = first_waiting_.integer(0);
  } else if (!found_.empty()) {
    waiting_from_ = now + 1;
  }
  first_waiting_.done();
}

void SqliteStore::needing(NameId account, Queue queue, std::size_t limit, std::vector<HotJob*>& out) {
  write_pending();
  found_.clear();
  Sql& rows = queue == Queue::kBlocked ? blocked_ : expired_;
  const auto most =
      static_cast<std::int64_t>(std::min<std::size_t>(limit, std::numeric_limits<std::int32_t>::max()));
  for (rows.begin(names_.stored(account), most); rows.next();) found_.emplace_back(0, rows.integer(0));
  load_rows(out);
}

void SqliteStore::held_by(std::uint64_t connection, std::vector<HotJob*>& out) {
  out = hot_.held().of(connection);
}

void SqliteStore::held_before(NameId hub, NameId incarnation, std::vector<HotJob*>& out) {
  for (HotJob* job : hot_.held().all()) {
    if (job->lease.hub == hub && job->lease.incarnation != incarnation) out.push_back(job);
  }
}

// ---- accounts, areas, entities, errors ----

void SqliteStore::log_operation(const crawlhub_op& op, const crawlhub_result& result) {
  if (logs_ && result.status == CRAWLHUB_RESULT_OK) write_operation(journal_.frame(), op);
}

void SqliteStore::log_account() {
  if (logs_ && op_ != nullptr) write_operation(journal_.frame(), *op_);
}

void SqliteStore::account_put(const Account& account) {
  need_transaction();
  catalog_.put(account);
  log_account();
}

void SqliteStore::account_removed(std::string_view name) {
  need_transaction();
  catalog_.remove_account(name);
  log_account();
}

void SqliteStore::put_area(const crawlhub_op& op, crawlhub_result& result) {
  need_transaction();
  const Body<crawlhub_area_put> given(op);
  const std::string_view job_id = given.text(&crawlhub_area_put::job);
  const HotJob* job = job_id.empty() ? nullptr : find(job_id);
  catalog_.put_area(op, job == nullptr ? 0 : job->account, model_.counters, result);
  log_operation(op, result);
}

void SqliteStore::put_entity(const crawlhub_op& op, crawlhub_result& result) {
  need_transaction();
  catalog_.put_entity(op, model_.counters, result);
  log_operation(op, result);
}

void SqliteStore::add_error(const crawlhub_op& op, crawlhub_result& result) {
  need_transaction();
  catalog_.add_error(op, result);
  log_operation(op, result);
}

// ---- transactions ----

void SqliteStore::need_transaction() {
  if (in_transaction_) return;
  begin_.run();
  in_transaction_ = true;
}

void SqliteStore::write_pending() {
  if (pending_.empty()) return;
  need_transaction();
  for (HotJob* job : pending_) {
    job->record = journal_.next_record() - 1;
    rows_.update(*job, job->requeued);
    counts_.stored(*job);
    if (logs_) write_job(journal_.frame(), *job, model_.names);
    job->pending = job->requeued = job->dirty = false;
  }
  pending_.clear();
}

void SqliteStore::finish_rows(std::uint64_t batch) {
  write_pending();
  if (!in_transaction_) return;
  counts_.save(model_.counters);
  put_batch_.run(batch, journal_.next_record() - 1);
}

void SqliteStore::commit() {
  if (!in_transaction_) return;
  commit_.run();
  in_transaction_ = false;
}

void SqliteStore::roll_back() noexcept {
  in_transaction_ = false;
  try {
    roll_back_.run();
  } catch (const SQLite::Exception&) {  // SQLite has rolled it back itself
  }
}

std::size_t SqliteStore::fold(std::size_t most) {
  std::size_t written = 0;
  while (written < most) {
    HotJob* job = to_fold_.pop();
    if (job == nullptr) break;
    if (!job->dirty) continue;
    need_transaction();
    job->record = journal_.next_record() - 1;
    rows_.fold(*job);
    counts_.stored(*job);
    job->dirty = false;
    ++written;
  }
  return written;
}

}  // namespace crawlhub::storage_sqlite
