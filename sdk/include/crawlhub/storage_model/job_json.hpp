// Jobs as queries answer them.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include <crawlhub/json_index.hpp>
#include <crawlhub/json_text.hpp>
#include <crawlhub/storage_model/account.hpp>
#include <crawlhub/storage_model/counters.hpp>
#include <crawlhub/storage_model/progress_json.hpp>

namespace crawlhub::storage_model {

constexpr std::array<std::string_view, kStates> kStateNames = {"",
#define CRAWLHUB_STATE_NAME(number, NAME, name) #name,
                                                               CRAWLHUB_JOB_STATES(CRAWLHUB_STATE_NAME)
#undef CRAWLHUB_STATE_NAME
};

// 0 where there is no state of that name.
inline std::uint16_t state_named(std::string_view name) {
  for (std::uint16_t state = 1; state < kStates; ++state) {
    if (kStateNames[state] == name) return state;
  }
  return 0;
}

namespace detail {

inline void add_text(JsonText& json, const char* key, std::string_view text) {
  json.key(key);
  text.empty() ? json.null() : json.value(text);
}
inline void add_json(JsonText& json, const char* key, std::string_view text) {
  json.raw_field(key, text.empty() ? "null" : text);
}
inline void add_time(JsonText& json, const char* key, std::int64_t ns) {
  json.key(key);
  ns == 0 ? json.null() : json.value(iso_time(ns));
}

inline std::string leased_to(const Job& job, const Names& names) {
  if (!job.lease.held()) return "";
  const std::string_view crawler = names.text(job.lease.crawler);
  return crawler.empty() ? std::to_string(job.lease.connection) : std::string(crawler);
}

inline void add_common(JsonText& json, const Job& job, const Names& names) {
  json.field("id", job.id).field("status", kStateNames[job.state]);
  json.field("entityType", names.text(job.entity_type)).field("entityId", job.entity_id);
  add_text(json, "account", names.text(job.account));
  json.field("priority", job.priority).field("attempts", job.attempts);
  add_text(json, "leasedTo", leased_to(job, names));
  add_json(json, "resumeState", job.progress.resume_state);
  json.key("progress");
  add_progress(json, job, names);
  add_time(json, "createdAt", job.created_ns);
  add_time(json, "startedAt", job.started_ns);
  add_time(json, "finishedAt", job.finished_ns);
  add_text(json, "error", job.error);
}

}  // namespace detail

// As jobs list shows it.
inline void add_listed_job(JsonText& json, const Job& job, const Names& names) {
  json.begin_object();
  detail::add_common(json, job, names);
  json.end_object();
}

// As jobs show shows it. account may be null.
inline void add_whole_job(JsonText& json, const Job& job, const Names& names, const Account* account) {
  JsonIndex details;
  const bool has_details = !job.detail.empty() && details.read(job.detail);
  std::string_view url = names.text(job.url);
  if (url.empty() && account != nullptr) url = account->url;
  std::string_view provider = names.text(job.provider);
  if (provider.empty() && account != nullptr) provider = account->provider;
  json.begin_object();
  detail::add_common(json, job, names);
  detail::add_text(json, "errorType", job.error_type);
  detail::add_json(json, "errorDetails", job.error.empty() ? "" : std::string_view(job.detail));
  json.key("counts");
  add_item_counts(json, job.progress, names, ~0u);
  const std::string_view files = has_details ? details.find("outputFiles").raw() : "";
  json.raw_field("outputFiles", files.empty() ? "[]" : files);
  detail::add_text(json, "root", job.root);
  detail::add_text(json, "spawnedFrom", job.spawned_from);
  detail::add_text(json, "gitlabId", job.gitlab_id);
  detail::add_time(json, "runAt", job.run_at_ns);
  detail::add_text(json, "name", job.name);
  detail::add_text(json, "command", job.command);
  detail::add_text(json, "provider", provider);
  detail::add_text(json, "url", url);
  detail::add_text(json, "uniqueKey", job.unique_key);
  json.field("lease", job.lease.number).field("blocked", job.queue == Queue::kBlocked);
  detail::add_json(json, "data", job.data);
  json.end_object();
}

// As CRAWLHUB_QUERY_PROGRESS lists it.
inline void add_tracked_job(JsonText& json, const Job& job, const Names& names) {
  json.begin_object().field("id", job.id).field("state", kStateNames[job.state]);
  json.field("entityType", names.text(job.entity_type)).field("entityId", job.entity_id);
  detail::add_text(json, "account", names.text(job.account));
  detail::add_text(json, "root", job.root);
  json.field("attempts", job.attempts);
  detail::add_time(json, "startedAt", job.started_ns);
  detail::add_time(json, "finishedAt", job.finished_ns);
  json.key("progress");
  add_progress(json, job, names);
  json.end_object();
}

inline void add_account(JsonText& json, const Account& account) {
  json.begin_object().field("name", account.name);
  detail::add_text(json, "provider", account.provider);
  detail::add_text(json, "url", account.url);
  detail::add_text(json, "token", account.token);
  detail::add_json(json, "data", account.data);
  detail::add_time(json, "createdAt", account.created_ns);
  detail::add_time(json, "updatedAt", account.updated_ns);
  json.end_object();
}

inline void add_job_counts(JsonText& json, const Counters& counters) {
  const auto counts = counters.by_state();
  json.begin_object();
  for (std::size_t state = 1; state < kStates; ++state) json.field(kStateNames[state], counts[state]);
  json.end_object();
}

namespace detail {

inline void add_type_counts(JsonText& json, const char* key, const ItemCounts& counts, const Names& names) {
  json.key(key).begin_object();
  for (NameId type = 0; type < counts.all().size(); ++type) {
    if (counts.all()[type] != 0) json.field(names.text(type), counts.all()[type]);
  }
  json.end_object();
}

}  // namespace detail

inline void add_entity_counts(JsonText& json, const Counters& counters, const Names& names) {
  std::vector<std::array<std::int64_t, kStates>> by_type(names.size());
  std::vector<NameId> types;
  for (const JobGroup& group : counters.groups()) {
    if (std::find(types.begin(), types.end(), group.entity_type) == types.end())
      types.push_back(group.entity_type);
    for (std::size_t state = 1; state < kStates; ++state)
      by_type[group.entity_type][state] += group.jobs[state];
  }
  json.begin_object().key("jobs").begin_object();
  for (const NameId type : types) {
    json.key(names.text(type)).begin_object();
    for (std::size_t state = 1; state < kStates; ++state) {
      if (by_type[type][state] != 0) json.field(kStateNames[state], by_type[type][state]);
    }
    json.end_object();
  }
  json.end_object();
  detail::add_type_counts(json, "items", counters.items, names);
  detail::add_type_counts(json, "areas", counters.areas, names);
  detail::add_type_counts(json, "entities", counters.entities, names);
  json.end_object();
}

}  // namespace crawlhub::storage_model
