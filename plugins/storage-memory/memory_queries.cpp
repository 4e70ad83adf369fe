#include "memory_queries.hpp"

#include <crawlhub/storage_model/error_json.hpp>
#include <crawlhub/storage_model/job_json.hpp>
#include <crawlhub/storage_model/page.hpp>

namespace crawlhub::storage_memory {

namespace {

// Writes a page of rows, newest first: those that wanted likes, as show writes them.
template <class Rows, class Wanted, class Show>
void newest_first(JsonText& json, const Rows& rows, const Parameters& parameters, const char* key,
                  Wanted wanted, Show show) {
  const auto count = static_cast<std::int64_t>(rows.size());
  const std::int64_t limit = parameters.limit();
  std::int64_t row = std::min(parameters.after().value_or(count + 1) - 1, count);
  std::int64_t shown = 0;
  std::int64_t last = 0;
  json.begin_object().key(key).begin_array();
  for (; row >= 1; --row) {
    const auto& record = rows[static_cast<std::size_t>(row - 1)];
    if (!wanted(record)) continue;
    if (shown == limit) break;
    show(record);
    last = row;
    ++shown;
  }
  end_page(json, row >= 1, last);
}

bool list_jobs(MemoryStore& store, const Parameters& parameters, JsonText& json) {
  const Names& names = store.model().names;
  const std::string status = parameters.text("status");
  const std::string account = parameters.text("account");
  const std::string type = parameters.text("entityType");
  const std::uint16_t state = state_named(status);
  if (!status.empty() && state == 0) return false;
  const auto wanted = [&](const Job& job) {
    return (state == 0 || job.state == state) && (account.empty() || names.text(job.account) == account) &&
           (type.empty() || names.text(job.entity_type) == type);
  };
  newest_first(json, store.jobs(), parameters, "jobs", wanted,
               [&](const Job& job) { add_listed_job(json, job, names); });
  return true;
}

void get_job(MemoryStore& store, const Parameters& parameters, JsonText& json) {
  const Job* job = store.find(parameters.text("id"));
  if (job == nullptr) {
    json.null();
    return;
  }
  add_whole_job(json, *job, store.model().names, store.model().account_of(*job));
}

// Jobs that started and have not ended, oldest first.
void list_progress(MemoryStore& store, const Parameters& parameters, JsonText& json) {
  std::int64_t limit = parameters.limit();
  std::int64_t last = 0;
  bool more = false;
  json.begin_object().key("jobs").begin_array();
  for (auto row = static_cast<std::size_t>(std::max<std::int64_t>(parameters.after().value_or(0), 0));
       row < store.jobs().size(); ++row) {
    const Job& job = store.jobs()[row];
    if (job.started_ns == 0 || crawlhub_job_ended(job.state) || job.queue == Queue::kReady) continue;
    if ((more = limit-- == 0)) break;
    add_tracked_job(json, job, store.model().names);
    last = job.row;
  }
  end_page(json, more, last);
}

void list_accounts(MemoryStore& store, const Parameters& parameters, JsonText& json) {
  const std::string name = parameters.text("name");
  json.begin_array();
  for (const auto& [known, account] : store.model().accounts) {
    if (name.empty() || known == name) add_account(json, account);
  }
  json.end_array();
}

void list_errors(MemoryStore& store, const Parameters& parameters, JsonText& json) {
  const ErrorFilter filter(parameters);
  const auto wanted = [&](const ErrorRecord& e) { return filter.wants(e.category, e.severity, e.job); };
  newest_first(json, store.errors(), parameters, "errors", wanted, [&](const ErrorRecord& e) {
    add_error(json, {e.id, e.code, e.category, e.severity, e.time_ns, e.message, e.details, e.stack,
                     e.connection, e.job, e.crawler, e.account});
  });
}

void list_areas(MemoryStore& store, const Parameters& parameters, JsonText& json) {
  newest_first(
      json, store.areas(), parameters, "areas", [](const Area&) { return true; },
      [&](const Area& area) {
        add_area(json, {area.full_path, area.gitlab_id, area.type, area.name, area.parent_id,
                        static_cast<std::int64_t>(area.accounts.size()), area.created_ns});
      });
}

}  // namespace

Outcome answer_query(MemoryStore& store, std::uint32_t kind, std::string_view text, std::string& answer) {
  Parameters parameters;
  if (!parameters.read(text) || parameters.bad_cursor()) {
    answer = "the parameters must be a JSON object, and 'after' a cursor that a page before ended with";
    return Outcome::kRefused;
  }
  JsonText json;
  switch (kind) {
    case CRAWLHUB_QUERY_JOBS_LIST:
      if (!list_jobs(store, parameters, json)) {
        answer = "status: there is no such state of a job";
        return Outcome::kRefused;
      }
      break;
    case CRAWLHUB_QUERY_JOB_GET:
      get_job(store, parameters, json);
      break;
    case CRAWLHUB_QUERY_JOB_COUNTS:
      add_job_counts(json, store.model().counters);
      break;
    case CRAWLHUB_QUERY_ACCOUNTS:
      list_accounts(store, parameters, json);
      break;
    case CRAWLHUB_QUERY_ERRORS_LIST:
      list_errors(store, parameters, json);
      break;
    case CRAWLHUB_QUERY_ENTITY_COUNTS:
      add_entity_counts(json, store.model().counters, store.model().names);
      break;
    case CRAWLHUB_QUERY_PROGRESS:
      list_progress(store, parameters, json);
      break;
    case CRAWLHUB_QUERY_AREAS:
      list_areas(store, parameters, json);
      break;
    default:
      answer = "the storage does not know this kind of query";
      return Outcome::kRefused;
  }
  answer = json.take();
  return Outcome::kOk;
}

}  // namespace crawlhub::storage_memory
