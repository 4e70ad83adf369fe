// Applies storage operations to a store: one entry for a backend's commit.
#pragma once

#include <algorithm>
#include <cstdint>

#include <crawlhub/storage_model/claims.hpp>
#include <crawlhub/storage_model/leases.hpp>
#include <crawlhub/storage_model/transitions.hpp>

namespace crawlhub::storage_model {

// Thread: writer.
template <JobStore Store>
class Engine {
 public:
  using J = typename Store::JobType;
  explicit Engine(Store& store) : store_(store), model_(store.model()) {}

  // A commit begins: numbers of submissions are its own.
  void begin_batch() {
    submission_ = 0;
    model_.arena.clear();
  }
  // Applies the next operation of the batch.
  void apply(const crawlhub_op& op, crawlhub_result& result) {
    result = {result.struct_size, CRAWLHUB_RESULT_OK, 0, 0, 0, {nullptr, 0}, nullptr};
    const bool first = op.submission == 0 || op.submission != submission_;
    if (first) refused_ = false;
    submission_ = op.submission;
    if (refused_ && (op.flags & CRAWLHUB_OP_CHAINED) != 0) return skip(result);
    dispatch(op, result);
    if (first) refused_ = result.status > CRAWLHUB_RESULT_DUPLICATE;
  }

  // Housekeeping between batches. Returns whether there may be more.
  bool tidy(std::int64_t now) { return claims_.tidy(now); }
  // A start: accounts that were made usable before it may have jobs still blocked.
  void unblock_all() {
    for (const auto& [name, account] : model_.accounts) {
      if (!account.token.empty()) claims_.unblock(model_.names.intern(name));
    }
  }

 private:
  void dispatch(const crawlhub_op& op, crawlhub_result& result) {
    switch (op.kind) {
      case CRAWLHUB_OP_JOB_ADD:
        return claims_.add(op, result);
      case CRAWLHUB_OP_JOB_CLAIM:
        return claims_.claim(op, result);
      case CRAWLHUB_OP_JOB_EVENT:
        return transitions_.event(op, result);
      case CRAWLHUB_OP_CONNECTION_END:
        return leases_.connection_end(op, result);
      case CRAWLHUB_OP_HUB_START:
        return leases_.hub_start(op, result);
      case CRAWLHUB_OP_JOB_SWEEP:
        return leases_.sweep(op, result);
      case CRAWLHUB_OP_ACCOUNT_PUT:
        return account_put(op, result);
      case CRAWLHUB_OP_ACCOUNT_REMOVE:
        return account_remove(op, result);
      case CRAWLHUB_OP_AREA_PUT:
        return store_.put_area(op, result);
      case CRAWLHUB_OP_ENTITY_PUT:
        return store_.put_entity(op, result);
      case CRAWLHUB_OP_ERROR_ADD:
        return store_.add_error(op, result);
      default:
        return set_refused(result, CRAWLHUB_E_INTERNAL, "the storage does not know this kind of operation");
    }
  }

  void account_put(const crawlhub_op& op, crawlhub_result& result) {
    const Body<crawlhub_account_put> given(op);
    if (op.key.len == 0) return set_refused(result, CRAWLHUB_E_BAD_ARGUMENT, "an account needs a name");
    const NameId name = model_.names.intern(view(op.key));
    Account& account = model_.accounts[std::string(view(op.key))];
    account.name = view(op.key);
    account.put(given);
    store_.account_put(account);
    claims_.unblock(name);
    if (!given.text(&crawlhub_account_put::token).empty()) renew(name, given->now_ns);
    set_ok(result);
  }
  // A new token: jobs whose credential had expired are queued again.
  void renew(NameId account, std::int64_t now) {
    std::vector<J*> jobs;
    store_.needing(account, Queue::kExpired, SIZE_MAX, jobs);
    for (J* job : jobs) {
      crawlhub_job_event event{};
      event.event = CRAWLHUB_EVENT_TOKEN_RENEWED;
      event.now_ns = now;
      transitions_.run(*job, event);
    }
  }
  void account_remove(const crawlhub_op& op, crawlhub_result& result) {
    const auto found = model_.accounts.find(view(op.key));
    if (found == model_.accounts.end()) {
      return set_refused(result, CRAWLHUB_E_UNKNOWN_ACCOUNT, "there is no such account");
    }
    model_.accounts.erase(found);
    store_.account_removed(view(op.key));
    set_ok(result);
  }

  static void skip(crawlhub_result& result) {
    result.status = CRAWLHUB_RESULT_SKIPPED;
    result.code = CRAWLHUB_E_SKIPPED;
    result.text = str("not done: the first operation of its message was refused");
  }

  Store& store_;
  Model& model_;
  Transitions<Store> transitions_{store_};
  Claims<Store> claims_{store_, transitions_};
  Leases<Store> leases_{store_, transitions_};
  std::uint64_t submission_ = 0;
  bool refused_ = false;  // the first operation of the submission was
};

}  // namespace crawlhub::storage_model
