#include "memory_store.hpp"

#include <algorithm>

namespace crawlhub::storage_memory {

bool MemoryStore::create(const Job& fields, std::string& existing) {
  if (const Job* same = table_.find(fields.id)) {
    existing = same->id;
    return false;
  }
  // A root's own row is its root; among roots, keys are unique together.
  const std::pair key(fields.root_row, fields.unique_key);
  if (!fields.unique_key.empty()) {
    if (const auto used = unique_keys_.find(key); used != unique_keys_.end()) {
      existing = used->second->id;
      return false;
    }
  }
  Job& job = jobs_.emplace_back(fields);
  job.row = static_cast<std::int64_t>(jobs_.size());
  if (job.root_row == 0) job.root_row = job.row;
  table_.insert(&job);
  if (!job.unique_key.empty()) unique_keys_.emplace(key, &job);
  enlist(job);
  return true;
}

void MemoryStore::enlist(Job& job) {
  switch (job.queue) {
    case Queue::kNone:
      return;
    case Queue::kReady:
      ready_.emplace(-std::int64_t{job.priority}, job.row);
      return;
    case Queue::kWaiting:
    case Queue::kSpent:
      timed_[job.queue].emplace(job.run_at_ns, job.row);
      return;
    case Queue::kBlocked:
    case Queue::kExpired:
      needing_[{job.account, job.queue}].insert(job.row);
      return;
  }
}

void MemoryStore::delist(const Job& job, const JobPlace& place) {
  switch (place.queue) {
    case Queue::kNone:
      return;
    case Queue::kReady:
      ready_.erase({-std::int64_t{job.priority}, job.row});
      return;
    case Queue::kWaiting:
    case Queue::kSpent:
      timed_[place.queue].erase({place.run_at_ns, job.row});
      return;
    case Queue::kBlocked:
    case Queue::kExpired:
      needing_[{job.account, place.queue}].erase(job.row);
      return;
  }
}

void MemoryStore::changed(Job& job, const JobPlace& before) {
  delist(job, before);
  enlist(job);
  held_.moved(job, before);
}

void MemoryStore::progress(Job& job, const Body<crawlhub_job_event>& event) {
  model_.merger.merge(job.progress, job.entity_type, event);
}

void MemoryStore::ready(const TypeFilter& filter, std::size_t limit, std::vector<Job*>& out) {
  for (const auto& [priority, row] : ready_) {
    if (out.size() == limit) return;
    Job& job = jobs_[static_cast<std::size_t>(row - 1)];
    if (filter.wants(job.entity_type)) out.push_back(&job);
  }
}

void MemoryStore::due(Queue queue, std::int64_t now, std::size_t limit, std::vector<Job*>& out) {
  for (const auto& [run_at, row] : timed_[queue]) {
    if (run_at > now || out.size() == limit) return;
    out.push_back(&jobs_[static_cast<std::size_t>(row - 1)]);
  }
}

void MemoryStore::needing(NameId account, Queue queue, std::size_t limit, std::vector<Job*>& out) {
  for (const std::int64_t row : needing_[{account, queue}]) {
    if (out.size() == limit) return;
    out.push_back(&jobs_[static_cast<std::size_t>(row - 1)]);
  }
}

void MemoryStore::held_by(std::uint64_t connection, std::vector<Job*>& out) {
  out = held_.of(connection);
}

void MemoryStore::held_before(NameId hub, NameId incarnation, std::vector<Job*>& out) {
  for (Job* job : held_.all()) {
    if (job->lease.hub == hub && job->lease.incarnation != incarnation) out.push_back(job);
  }
}

void MemoryStore::put_area(const crawlhub_op& op, crawlhub_result& result) {
  const Body<crawlhub_area_put> given(op);
  const std::pair key(std::string(given.text(&crawlhub_area_put::gitlab_id)),
                      std::string(given.text(&crawlhub_area_put::type)));
  if (key.first.empty() || key.second.empty() || op.key.len == 0) {
    return set_refused(result, CRAWLHUB_E_MISSING_FIELD, "an area needs a full path, a GitLab id and a type");
  }
  const auto [place, added] = area_places_.try_emplace(key, areas_.size());
  if (added) {
    model_.counters.areas.add(model_.names.intern_bounded(key.second), 1);
    areas_.push_back({"", key.first, key.second, "", "", given->now_ns, {}});
  }
  Area& area = areas_[place->second];
  bool changed = added;
  const auto assign = [&](std::string& to, std::string_view text) {
    if (text.empty() || to == text) return;
    to = text;
    changed = true;
  };
  assign(area.full_path, view(op.key));
  assign(area.name, given.text(&crawlhub_area_put::name));
  assign(area.parent_id, given.text(&crawlhub_area_put::parent_id));
  std::string account(given.text(&crawlhub_area_put::account));
  const Job* job = find(given.text(&crawlhub_area_put::job));
  if (account.empty() && job != nullptr) account = model_.names.text(job->account);
  if (!account.empty()) changed |= area.accounts.insert(account).second;
  changed ? set_ok(result) : set_duplicate(result);
}

void MemoryStore::put_entity(const crawlhub_op& op, crawlhub_result& result) {
  const Body<crawlhub_entity_put> given(op);
  const std::string type(given.text(&crawlhub_entity_put::entity_type));
  if (type.empty() || op.key.len == 0) {
    return set_refused(result, CRAWLHUB_E_MISSING_FIELD, "an entity needs an id and an entity type");
  }
  const auto [place, added] = entities_.try_emplace({type, std::string(view(op.key))});
  if (added) model_.counters.entities.add(model_.names.intern_bounded(type), 1);
  bool changed = added;
  const auto assign = [&](std::string& to, crawlhub_text crawlhub_entity_put::*field) {
    const std::string_view text = given.text(field);
    if (text.empty() || to == text) return;
    to = text;
    changed = true;
  };
  assign(place->second.name, &crawlhub_entity_put::name);
  assign(place->second.path, &crawlhub_entity_put::path);
  assign(place->second.parent_id, &crawlhub_entity_put::parent_id);
  if (added) place->second.job = given.text(&crawlhub_entity_put::job);
  changed ? set_ok(result) : set_duplicate(result);
}

void MemoryStore::add_error(const crawlhub_op& op, crawlhub_result& result) {
  const Body<crawlhub_error_add> given(op);
  const auto text = [&](crawlhub_text crawlhub_error_add::*field) { return std::string(given.text(field)); };
  if (op.key.len == 0)
    return set_refused(result, CRAWLHUB_E_BAD_ARGUMENT, "a record of an error needs an id");
  if (!error_ids_.emplace(view(op.key)).second) return set_duplicate(result);
  errors_.push_back({std::string(view(op.key)), given->code, given->category, given->severity, given->now_ns,
                     text(&crawlhub_error_add::message), text(&crawlhub_error_add::details),
                     text(&crawlhub_error_add::stack), text(&crawlhub_error_add::connection),
                     text(&crawlhub_error_add::job), text(&crawlhub_error_add::crawler),
                     text(&crawlhub_error_add::account)});
  set_ok(result);
}

}  // namespace crawlhub::storage_memory
