// Starting anew: what is in memory comes from the tables and from the journal.
#include <algorithm>

#include "sqlite_store.hpp"

namespace crawlhub::storage_sqlite {

std::uint64_t SqliteStore::reload() {
  hot_.clear();
  to_fold_.clear();
  pending_.clear();
  waiting_from_ = 0;
  names_.load();
  counts_.load(model_.counters);
  catalog_.load(model_.accounts);
  newest_row_.begin().next();
  next_row_ = newest_row_.integer(0) + 1;
  newest_row_.done();
  batch_.begin().next();
  const auto batch = static_cast<std::uint64_t>(batch_.integer(0));
  journal_.skip_records(static_cast<std::uint64_t>(batch_.integer(1)));
  batch_.done();
  load_held();
  return batch;
}

// All held jobs are in memory: a connection's end finds them there.
void SqliteStore::load_held() {
  const std::vector<JobGroup> groups = model_.counters.groups();
  for (const JobGroup& group : groups) {
    for (int state = CRAWLHUB_JOB_ASSIGNED; state <= CRAWLHUB_JOB_CREDENTIAL_RENEWED; ++state) {
      if (group.jobs[static_cast<std::size_t>(state)] == 0) continue;
      found_.clear();
      in_state_.begin(names_.stored(group.account), names_.stored(group.entity_type), state);
      while (in_state_.next()) found_.emplace_back(0, in_state_.integer(0));
      for (const auto& [unused, row] : found_) find_row(row);
    }
  }
}

void SqliteStore::replay(RecordKind kind, std::uint64_t number, RecordReader record, bool transitions) {
  switch (kind) {
    case RecordKind::kProgress:
      return replay_progress(number, record);
    case RecordKind::kJob:
      if (transitions) replay_job(number, record);
      return;
    case RecordKind::kOperation:
      if (transitions) replay_operation(record);
      return;
  }
}

// Progress of a lease that has moved, or that the row has already, is dropped.
void SqliteStore::replay_progress(std::uint64_t number, RecordReader& record) {
  const ProgressHead head = read_progress(record, flat_);
  HotJob* job = nullptr;
  if (const auto known = replayed_.find(head.row); known != replayed_.end()) {
    job = known->second;
  } else {
    job = replayed_[head.row] = find_row(head.row);
  }
  if (job == nullptr || job->lease.number != head.lease || number <= job->record) return;
  if (crawlhub_job_ended(job->state)) return;
  model_.merger.merge(job->progress, job->entity_type, Body<crawlhub_job_event>(flat_.data(), flat_.size()));
  to_fold_.add(*job);
}

// Items that its row has counted already are not counted again.
HotJob& SqliteStore::replace(HotJob& known, const HotJob& read) {
  const JobPlace before = known.place();
  const std::uint32_t group = known.group;
  const std::size_t held_place = known.held_place;
  std::vector<EntityProgress> old;
  old.swap(known.progress.entities);
  static_cast<Job&>(known) = read;
  known.group = group;
  known.held_place = held_place;
  for (const EntityProgress& entity : old) {
    EntityProgress& now = known.progress.entity(entity.type);
    now.stored = entity.stored;
    model_.counters.items.add(entity.type, -entity.counted);
  }
  known.record = read.record;
  known.dirty = false;
  model_.counters.moved(group, before.state, known.state);
  hot_.held().moved(known, before);
  return known;
}

void SqliteStore::replay_job(std::uint64_t number, RecordReader& record) {
  need_transaction();
  HotJob& read = hot_.blank();
  read_job(record, read, model_.names, stored_progress_);
  progress_loader_.load(read.progress, stored_progress_);
  for (EntityProgress& entity : read.progress.entities) {
    entity.stored = 0;
    model_.counters.items.add(entity.type, entity.counted);
  }
  read.record = number;
  HotJob* job = find(read.id);
  if (job != nullptr) {
    replace(*job, read);
    hot_.give_back(read);
  } else {
    job = &keep(read);
    model_.counters.added(job->group, job->state);
  }
  counts_.stored(*job);
  counts_.touched(job->group);
  rows_.put(*job);
  next_row_ = std::max(next_row_, job->row + 1);
  replayed_[job->row] = job;
}

void SqliteStore::replay_operation(RecordReader& record) {
  const crawlhub_op op = read_operation(record, body_);
  crawlhub_result result{};
  switch (op.kind) {
    case CRAWLHUB_OP_ACCOUNT_PUT: {
      need_transaction();
      Account& account = model_.accounts[std::string(view(op.key))];
      account.name = view(op.key);
      account.put(Body<crawlhub_account_put>(op));
      return catalog_.put(account);
    }
    case CRAWLHUB_OP_ACCOUNT_REMOVE:
      need_transaction();
      model_.accounts.erase(std::string(view(op.key)));
      return catalog_.remove_account(view(op.key));
    case CRAWLHUB_OP_AREA_PUT:
      return put_area(op, result);
    case CRAWLHUB_OP_ENTITY_PUT:
      return put_entity(op, result);
    case CRAWLHUB_OP_ERROR_ADD:
      return add_error(op, result);
    default:
      return;
  }
}

}  // namespace crawlhub::storage_sqlite
