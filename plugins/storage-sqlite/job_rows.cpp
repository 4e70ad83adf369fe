#include "job_rows.hpp"

namespace crawlhub::storage_sqlite {

namespace {

#define CRAWLHUB_JOB_COLUMNS                                                                             \
  "row, id, state, former_state, queue, priority, attempts, run_at, lease_end, lease, connection, hub, " \
  "incarnation, crawler, started, finished, record, progress, resume_state, error, error_type, detail, " \
  "entity_type, account, provider, url, created, root_row, root, spawned_from, entity_id, unique_key, "  \
  "gitlab_id, name, command, data"
#define CRAWLHUB_JOB_VALUES                                                        \
  "(" CRAWLHUB_JOB_COLUMNS                                                         \
  ", unique_in) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, " \
  "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
#define CRAWLHUB_JOB_CHANGES                                                                              \
  "state = ?, former_state = ?, attempts = ?, lease_end = ?, lease = ?, connection = ?, hub = ?, "        \
  "incarnation = ?, crawler = ?, started = ?, finished = ?, record = ?, progress = ?, resume_state = ?, " \
  "error = ?, error_type = ?, detail = ?"

}  // namespace

JobLoader::JobLoader(SQLite::Database& database, StoredNames& names)
    : names_(names),
      progress_(names.names()),
      by_id_(database, "SELECT " CRAWLHUB_JOB_COLUMNS " FROM job WHERE id = ?"),
      by_row_(database, "SELECT " CRAWLHUB_JOB_COLUMNS " FROM job WHERE row = ?"),
      id_of_(database, "SELECT id FROM job WHERE row = ?") {}

bool JobLoader::by_id(std::string_view id, HotJob& job) {
  scratch_ = id;
  if (!by_id_.begin(scratch_).next()) return false;
  read(by_id_, job);
  return true;
}

bool JobLoader::by_row(std::int64_t row, HotJob& job) {
  if (!by_row_.begin(row).next()) return false;
  read(by_row_, job);
  return true;
}

std::string JobLoader::id_of(std::int64_t row) {
  std::string id;
  if (id_of_.begin(row).next()) id = id_of_.text(0);
  id_of_.done();
  return id;
}

void JobLoader::read(Sql& row, HotJob& job) {
  int column = 0;
  const auto number = [&](auto& to) {
    to = static_cast<std::remove_reference_t<decltype(to)>>(row.integer(column++));
  };
  const auto text = [&](std::string& to) { to = row.text(column++); };
  const auto name = [&](NameId& to) { to = names_.loaded(row.integer(column++)); };
  number(job.row);
  text(job.id);
  number(job.state);
  number(job.former_state);
  number(job.queue);
  number(job.priority);
  number(job.attempts);
  number(job.run_at_ns);
  number(job.lease.end);
  number(job.lease.number);
  number(job.lease.connection);
  name(job.lease.hub);
  name(job.lease.incarnation);
  job.lease.crawler = names_.names().intern(row.text(column++));
  number(job.started_ns);
  number(job.finished_ns);
  number(job.record);
  text(scratch_);
  progress_.load(job.progress, scratch_);
  text(job.progress.resume_state);
  text(job.error);
  text(job.error_type);
  text(job.detail);
  name(job.entity_type);
  name(job.account);
  name(job.provider);
  name(job.url);
  number(job.created_ns);
  number(job.root_row);
  text(job.root);
  text(job.spawned_from);
  text(job.entity_id);
  text(job.unique_key);
  text(job.gitlab_id);
  text(job.name);
  text(job.command);
  text(job.data);
  row.done();
}

JobRows::JobRows(SQLite::Database& database, StoredNames& names)
    : names_(names),
      insert_(database, "INSERT OR IGNORE INTO job " CRAWLHUB_JOB_VALUES),
      replace_(database, "INSERT OR REPLACE INTO job " CRAWLHUB_JOB_VALUES),
      same_id_(database, "SELECT id FROM job WHERE id = ?"),
      same_key_(database, "SELECT id FROM job WHERE unique_in = ? AND unique_key = ?"),
      update_(database, "UPDATE job SET " CRAWLHUB_JOB_CHANGES " WHERE row = ?"),
      requeue_(database, "UPDATE job SET " CRAWLHUB_JOB_CHANGES ", queue = ?, run_at = ? WHERE row = ?"),
      fold_(database, "UPDATE job SET record = ?, progress = ?, resume_state = ? WHERE row = ?") {}

std::string_view JobRows::progress_text(const Job& job) {
  progress_.clear();
  if (job.progress.updated_ns == 0 && job.progress.entities.empty()) return progress_;
  store_progress(json_.clear(), job.progress, names_.names());
  progress_ = json_.view();
  return progress_;
}

namespace {

template <class... Names>
int write_row(Sql& statement, const HotJob& job, StoredNames& names, const std::string& crawler,
              const std::string& progress, std::int64_t unique_in) {
  return statement.run(
      job.row, job.id, job.state, job.former_state, static_cast<int>(job.queue), job.priority, job.attempts,
      job.run_at_ns, job.lease.end, job.lease.number, job.lease.connection, names.stored(job.lease.hub),
      names.stored(job.lease.incarnation), crawler, job.started_ns, job.finished_ns, job.record, progress,
      job.progress.resume_state, job.error, job.error_type, job.detail, names.stored(job.entity_type),
      names.stored(job.account), names.stored(job.provider), names.stored(job.url), job.created_ns,
      job.root_row, job.root, job.spawned_from, job.entity_id, job.unique_key, job.gitlab_id, job.name,
      job.command, job.data, unique_in);
}

}  // namespace

bool JobRows::insert(const HotJob& job) {
  progress_text(job);
  crawler_ = names_.text(job.lease.crawler);
  return write_row(insert_, job, names_, crawler_, progress_, unique_in(job)) != 0;
}

void JobRows::put(const HotJob& job) {
  progress_text(job);
  crawler_ = names_.text(job.lease.crawler);
  write_row(replace_, job, names_, crawler_, progress_, unique_in(job));
}

std::string JobRows::find_same(const Job& job) {
  for (Sql* same : {&same_id_.begin(job.id), &same_key_.begin(unique_in(job), job.unique_key)}) {
    std::string id;
    if (same->next()) id = same->text(0);
    same->done();
    if (!id.empty()) return id;
  }
  return "";
}

void JobRows::update(HotJob& job, bool requeued) {
  progress_text(job);
  crawler_ = names_.text(job.lease.crawler);
  const auto run = [&](Sql& statement, auto... place) {
    statement.run(job.state, job.former_state, job.attempts, job.lease.end, job.lease.number,
                  job.lease.connection, names_.stored(job.lease.hub), names_.stored(job.lease.incarnation),
                  crawler_, job.started_ns, job.finished_ns, job.record, progress_, job.progress.resume_state,
                  job.error, job.error_type, job.detail, place..., job.row);
  };
  if (requeued) {
    run(requeue_, static_cast<int>(job.queue), job.run_at_ns);
  } else {
    run(update_);
  }
}

void JobRows::fold(HotJob& job) {
  progress_text(job);
  fold_.run(job.record, progress_, job.progress.resume_state, job.row);
}

}  // namespace crawlhub::storage_sqlite
