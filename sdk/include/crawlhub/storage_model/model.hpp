// What every part of the model works on, and what it asks of a backend.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/storage_model/account.hpp>
#include <crawlhub/storage_model/arena.hpp>
#include <crawlhub/storage_model/counters.hpp>
#include <crawlhub/storage_model/job.hpp>
#include <crawlhub/storage_model/results.hpp>

namespace crawlhub::storage_model {

// The names, counters and accounts of a backend, and scratch memory. Thread: one at a time.
struct Model {
  Names names;
  Counters counters;
  Accounts accounts;
  Arena arena;  // what results point to; cleared at the start of a batch
  ProgressMerger merger{names, counters.items};
  JobWriter writer{names, accounts};

  const Account* account_of(const Job& job) const {
    const auto found = accounts.find(names.text(job.account));
    return found == accounts.end() ? nullptr : &found->second;
  }
  // Whether it can be handed out: an account with a token, and a URL of its own or of the account.
  bool usable(const Job& job) const {
    const Account* account = account_of(job);
    return account != nullptr && !account->token.empty() && (job.url != 0 || !account->url.empty());
  }
  // What the result of an event shows.
  void set_job(crawlhub_result& result, const Job& job, std::uint16_t state_before, bool revived,
               bool ran_before) {
    const std::size_t size = writer.measure(job, false);
    char* at = arena.allocate(size);
    writer.write(at, size, job);
    auto* record = reinterpret_cast<crawlhub_job*>(at);
    record->state_before = state_before;
    record->revived = revived;
    record->ran_before = ran_before;
    result.body = at;
    result.body_size = static_cast<std::uint32_t>(size);
  }
};

// Which entity types a claim wants.
struct TypeFilter {
  bool all = true;
  std::vector<NameId> types;
  bool wants(NameId type) const {
    if (all) return true;
    for (const NameId wanted : types) {
      if (wanted == type) return true;
    }
    return false;
  }
};

// What the model asks of a backend's store; all of it on the writer. Jobs that it hands out stay where they
// are until the end of the batch.
template <class S>
concept JobStore = std::derived_from<typename S::JobType, Job> &&
    requires(S& s, typename S::JobType& job, const Job& fields, const JobPlace& before, std::string_view text,
             std::string& existing, std::vector<typename S::JobType*>& out, const TypeFilter& filter,
             const Body<crawlhub_job_event>& event, crawlhub_result& result, const crawlhub_op& op,
             const Account& account) {
  { s.model() } -> std::same_as<Model&>;
  { s.find(text) } -> std::same_as<typename S::JobType*>;
  // Adds a job, whose row it gives; false where its id or (root, unique key) is used: existing is that job's
  // id then.
  { s.create(fields, existing) } -> std::same_as<bool>;
  // Stores a job after a transition.
  s.changed(job, before);
  // Merges and stores progress that changes nothing else.
  s.progress(job, event);
  // Up to a number of jobs in kReady, best first: highest priority, then oldest.
  s.ready(filter, std::size_t{}, out);
  // Up to a number of jobs in that queue whose run_at is over, earliest first.
  s.due(Queue{}, std::int64_t{}, std::size_t{}, out);
  // Up to a number of jobs of that account in kBlocked or kExpired.
  s.needing(NameId{}, Queue{}, std::size_t{}, out);
  // Jobs held by a connection; jobs held through a hub by an incarnation other than the one given.
  s.held_by(std::uint64_t{}, out);
  s.held_before(NameId{}, NameId{}, out);
  s.account_put(account);
  s.account_removed(text);
  // Operations without rules: they fill their result.
  s.put_area(op, result);
  s.put_entity(op, result);
  s.add_error(op, result);
};

}  // namespace crawlhub::storage_model
