#include "reader.hpp"

#include <algorithm>
#include <limits>

#include <crawlhub/storage_model/error_json.hpp>
#include <crawlhub/storage_model/job_json.hpp>

namespace crawlhub::storage_sqlite {

namespace {

constexpr std::uint64_t kCache = 2 << 20;
constexpr std::size_t kJobsALock = 32;  // a commit waits for about a third of a millisecond at most
constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();

}  // namespace

Reader::Reader(const std::string& path, FairMutex& mutex, SqliteStore& store)
    : database_(open_database(path, Access::kRead, kCache)),
      mutex_(mutex),
      store_(store),
      loader_(*database_, store.names()),
      all_rows_(*database_, "SELECT row FROM job WHERE row < ? ORDER BY row DESC LIMIT ?"),
      part_(*database_,
            "SELECT row FROM job WHERE account = ? AND entity_type = ? AND state = ? AND row < ? "
            "ORDER BY row DESC LIMIT ?"),
      part_up_(*database_,
               "SELECT row FROM job WHERE account = ? AND entity_type = ? AND state = ? AND row > ? "
               "ORDER BY row LIMIT ?"),
      waiting_(*database_,
               "SELECT row FROM job WHERE queue = 2 AND started <> 0 UNION ALL "
               "SELECT row FROM job WHERE queue = 4 AND started <> 0") {}

Outcome Reader::query(std::uint32_t kind, std::string_view parameters, std::string& answer) {
  if (!parameters_.read(parameters) || parameters_.bad_cursor()) {
    answer = "the parameters must be a JSON object, and 'after' a cursor that a page before ended with";
    return Outcome::kRefused;
  }
  JsonText json;
  Outcome outcome = Outcome::kOk;
  switch (kind) {
    case CRAWLHUB_QUERY_JOBS_LIST:
      outcome = list_jobs(json, answer);
      break;
    case CRAWLHUB_QUERY_JOB_GET:
      outcome = get_job(json);
      break;
    case CRAWLHUB_QUERY_JOB_COUNTS: {
      const Lock lock(mutex_);
      add_job_counts(json, store_.model().counters);
      break;
    }
    case CRAWLHUB_QUERY_ACCOUNTS:
      outcome = list_accounts(json);
      break;
    case CRAWLHUB_QUERY_ERRORS_LIST:
      outcome = list_errors(json);
      break;
    case CRAWLHUB_QUERY_ENTITY_COUNTS: {
      const Lock lock(mutex_);
      add_entity_counts(json, store_.model().counters, store_.model().names);
      break;
    }
    case CRAWLHUB_QUERY_PROGRESS:
      outcome = list_progress(json);
      break;
    case CRAWLHUB_QUERY_AREAS:
      outcome = list_areas(json);
      break;
    default:
      answer = "the storage does not know this kind of query";
      return Outcome::kRefused;
  }
  if (ok(outcome)) answer = json.take();
  return outcome;
}

// ---- which rows ----

std::vector<Reader::Part> Reader::parts_of(const Wanted& wanted) {
  const Lock lock(mutex_);
  const Model& model = store_.model();
  std::vector<Part> parts;
  for (const JobGroup& group : model.counters.groups()) {
    if (!wanted.account.empty() && model.names.text(group.account) != wanted.account) continue;
    if (!wanted.entity_type.empty() && model.names.text(group.entity_type) != wanted.entity_type) continue;
    for (int state = 1; state < static_cast<int>(kStates); ++state) {
      if (group.jobs[static_cast<std::size_t>(state)] == 0 || (wanted.state != 0 && state != wanted.state))
        continue;
      parts.push_back(
          {store_.names().stored(group.account), store_.names().stored(group.entity_type), state});
    }
  }
  return parts;
}

// Of jobs that somebody has, or had and that are not queued.
std::vector<Reader::Part> Reader::parts_alive() {
  std::vector<Part> parts = parts_of({});
  std::erase_if(parts, [](const Part& part) {
    return part.state == CRAWLHUB_JOB_QUEUED || crawlhub_job_ended(static_cast<std::uint32_t>(part.state));
  });
  return parts;
}

void Reader::keep_rows(std::int64_t count, bool newest_first) {
  if (newest_first) {
    std::sort(rows_.begin(), rows_.end(), std::greater<>());
  } else {
    std::sort(rows_.begin(), rows_.end());
  }
  rows_.erase(std::unique(rows_.begin(), rows_.end()), rows_.end());
  if (rows_.size() > static_cast<std::size_t>(count)) rows_.resize(static_cast<std::size_t>(count));
}

void Reader::newest_rows(const Wanted& wanted, std::int64_t before, std::int64_t count) {
  rows_.clear();
  if (wanted.everything()) {
    for (all_rows_.begin(before, count); all_rows_.next();) rows_.push_back(all_rows_.integer(0));
    return;
  }
  for (const Part& part : parts_of(wanted)) {
    part_.begin(part.account, part.entity_type, part.state, before, count);
    while (part_.next()) rows_.push_back(part_.integer(0));
  }
  keep_rows(count, true);
}

void Reader::living_rows(std::int64_t after, std::int64_t count) {
  rows_.clear();
  for (const Part& part : parts_alive()) {
    part_up_.begin(part.account, part.entity_type, part.state, after, count);
    while (part_up_.next()) rows_.push_back(part_up_.integer(0));
  }
  for (waiting_.begin(); waiting_.next();) {
    if (waiting_.integer(0) > after) rows_.push_back(waiting_.integer(0));
  }
  keep_rows(count, false);
}

// ---- jobs ----

// REQUIRES: the lock is held. The one in memory is newer than the row.
const HotJob* Reader::load(std::int64_t row) {
  job_ = HotJob();
  if (!loader_.by_row(row, job_)) return nullptr;
  const HotJob* hot = store_.hot().table().find(job_.id);
  return hot != nullptr ? hot : &job_;
}

template <class Show>
void Reader::show_jobs(std::size_t count, Show show) {
  count = std::min(count, rows_.size());
  for (std::size_t begin = 0; begin < count; begin += kJobsALock) {
    const Lock lock(mutex_);
    for (std::size_t i = begin; i < std::min(begin + kJobsALock, count); ++i) {
      if (const HotJob* job = load(rows_[i])) show(*job);
    }
  }
}

Outcome Reader::list_jobs(JsonText& json, std::string& answer) {
  const std::string status = parameters_.text("status");
  const Wanted wanted{state_named(status), parameters_.text("account"), parameters_.text("entityType")};
  if (!status.empty() && wanted.state == 0) {
    answer = "status: there is no such state of a job";
    return Outcome::kRefused;
  }
  const std::int64_t limit = parameters_.limit();
  newest_rows(wanted, parameters_.after().value_or(kNewest), limit + 1);
  const bool more = rows_.size() > static_cast<std::size_t>(limit);
  json.begin_object().key("jobs").begin_array();
  show_jobs(static_cast<std::size_t>(limit), [&](const HotJob& job) {
    if (wanted.state != 0 && job.state != wanted.state) return;  // it has moved on meanwhile
    add_listed_job(json, job, store_.model().names);
  });
  end_page(json, more, more ? rows_[static_cast<std::size_t>(limit - 1)] : 0);
  return Outcome::kOk;
}

Outcome Reader::list_progress(JsonText& json) {
  const std::int64_t limit = parameters_.limit();
  living_rows(parameters_.after().value_or(0), limit + 1);
  const bool more = rows_.size() > static_cast<std::size_t>(limit);
  json.begin_object().key("jobs").begin_array();
  show_jobs(static_cast<std::size_t>(limit), [&](const HotJob& job) {
    if (job.started_ns != 0 && !crawlhub_job_ended(job.state))
      add_tracked_job(json, job, store_.model().names);
  });
  end_page(json, more, more ? rows_[static_cast<std::size_t>(limit - 1)] : 0);
  return Outcome::kOk;
}

Outcome Reader::get_job(JsonText& json) {
  const std::string id = parameters_.text("id");
  const Lock lock(mutex_);
  const HotJob* job = store_.hot().table().find(id);
  if (job == nullptr) {
    job_ = HotJob();
    if (loader_.by_id(id, job_)) job = &job_;
  }
  if (job == nullptr) {
    json.null();
  } else {
    add_whole_job(json, *job, store_.model().names, store_.model().account_of(*job));
  }
  return Outcome::kOk;
}

// ---- the others ----

Outcome Reader::list_accounts(JsonText& json) {
  const std::string name = parameters_.text("name");
  const Lock lock(mutex_);
  json.begin_array();
  for (const auto& [known, account] : store_.model().accounts) {
    if (name.empty() || known == name) add_account(json, account);
  }
  json.end_array();
  return Outcome::kOk;
}

Outcome Reader::list_errors(JsonText& json) {
  const ErrorFilter filter(parameters_);
  std::string sql =
      "SELECT row, id, code, category, severity, time, message, details, stack, connection, job, crawler, "
      "account "
      "FROM error WHERE row < ?1";
  if (!filter.job.empty()) sql += " AND job = ?2";
  if (filter.category != 0) sql += " AND category = ?3";
  if (filter.severity != 0) sql += " AND severity = ?4";
  sql += " ORDER BY row DESC LIMIT ?5";
  const std::int64_t limit = parameters_.limit();
  std::int64_t left = limit;
  std::int64_t last = 0;
  bool more = false;
  json.begin_object().key("errors").begin_array();
  Sql rows(*database_, sql.c_str());
  rows.begin(parameters_.after().value_or(kNewest), filter.job, filter.category, filter.severity, limit + 1);
  while (rows.next()) {
    if (left-- == 0) {
      more = true;
      continue;
    }
    last = rows.integer(0);
    const auto number = [&](int column) { return static_cast<std::int32_t>(rows.integer(column)); };
    add_error(json, {rows.text(1), number(2), number(3), number(4), rows.integer(5), rows.text(6),
                     rows.text(7), rows.text(8), rows.text(9), rows.text(10), rows.text(11), rows.text(12)});
  }
  end_page(json, more, last);
  return Outcome::kOk;
}

Outcome Reader::list_areas(JsonText& json) {
  Sql rows(*database_,
           "SELECT a.row, full_path, gitlab_id, n.text, a.name, parent_id, "
           "(SELECT count(*) FROM area_account WHERE area = a.row), created "
           "FROM area a JOIN name n ON n.id = a.type WHERE a.row < ? ORDER BY a.row DESC LIMIT ?");
  const std::int64_t limit = parameters_.limit();
  std::int64_t left = limit;
  std::int64_t last = 0;
  bool more = false;
  json.begin_object().key("areas").begin_array();
  rows.begin(parameters_.after().value_or(kNewest), limit + 1);
  while (rows.next()) {
    if (left-- == 0) {
      more = true;
      continue;
    }
    last = rows.integer(0);
    add_area(json, {rows.text(1), rows.text(2), rows.text(3), rows.text(4), rows.text(5), rows.integer(6),
                    rows.integer(7)});
  }
  end_page(json, more, last);
  return Outcome::kOk;
}

}  // namespace crawlhub::storage_sqlite
