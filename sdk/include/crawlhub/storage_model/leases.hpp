// Operations on many jobs at once: leases that end with a connection or a hub, and jobs given up.
#pragma once

#include <string>
#include <vector>

#include <crawlhub/storage_model/transitions.hpp>

namespace crawlhub::storage_model {

// Thread: writer.
template <class Store>
class Leases {
 public:
  using J = typename Store::JobType;
  Leases(Store& store, Transitions<Store>& transitions)
      : store_(store), model_(store.model()), transitions_(transitions) {}

  // CRAWLHUB_OP_CONNECTION_END.
  void connection_end(const crawlhub_op& op, crawlhub_result& result) {
    const Body<crawlhub_connection_end> end(op);
    const NameId hub = model_.names.intern(end.text(&crawlhub_connection_end::hub));
    const NameId incarnation = model_.names.intern(end.text(&crawlhub_connection_end::incarnation));
    jobs_.clear();
    store_.held_by(end->connection, jobs_);
    std::uint64_t ended = 0;
    for (J* job : jobs_) {
      if (job->lease.hub != hub || job->lease.incarnation != incarnation) continue;
      crawlhub_job_event event = lease_ends(end->reason, end->now_ns);
      event.wait_ns = end->wait_ns;
      event.max_attempts = end->max_attempts;
      ended += transitions_.run(*job, event);
    }
    set_ok(result, ended);
  }

  // CRAWLHUB_OP_HUB_START.
  void hub_start(const crawlhub_op& op, crawlhub_result& result) {
    const Body<crawlhub_hub_start> start(op);
    jobs_.clear();
    store_.held_before(model_.names.intern(view(op.key)),
                       model_.names.intern(start.text(&crawlhub_hub_start::incarnation)), jobs_);
    std::uint64_t ended = 0;
    for (J* job : jobs_) {
      crawlhub_job_event event = lease_ends(CRAWLHUB_LEASE_RESTART, start->now_ns);
      event.wait_ns = job->lease.crawler != 0 ? start->wait_hello_ns : start->wait_without_ns;
      ended += transitions_.run(*job, event);
    }
    set_ok(result, ended);
  }

  // CRAWLHUB_OP_JOB_SWEEP: up to kSweep jobs; the next sweep goes on.
  void sweep(const crawlhub_op& op, crawlhub_result& result) {
    const Body<crawlhub_job_sweep> sweep(op);
    jobs_.clear();
    store_.due(Queue::kSpent, sweep->now_ns, kSweep, jobs_);
    failed_.clear();
    std::uint64_t failed = 0;
    for (J* job : jobs_) {
      if (!give_up(*job, sweep->max_attempts, sweep->now_ns)) continue;
      failed_.append(job->id) += '\n';
      ++failed;
    }
    set_ok(result, failed);
    result.body = model_.arena.copy(failed_).ptr;
    result.body_size = static_cast<std::uint32_t>(failed_.size());
  }

 private:
  static constexpr std::size_t kSweep = 1000;

  static crawlhub_job_event lease_ends(std::uint32_t reason, std::int64_t now) {
    crawlhub_job_event event{};
    event.event = CRAWLHUB_EVENT_LEASE_ENDS;
    event.reason = static_cast<std::uint16_t>(reason);
    event.now_ns = now;
    return event;
  }
  bool give_up(J& job, std::uint32_t max_attempts, std::int64_t now) {
    const JobPlace before = job.place();
    const crawlhub_job_facts facts = transitions_.facts_of(job);
    const crawlhub_job_decision d = crawlhub_job_give_up(&facts, max_attempts);
    if (d.status != CRAWLHUB_RESULT_OK) return false;
    job.run_at_ns = now;
    if (d.spent && job.error.empty()) job.error = "its lease ended as often as it may be handed out";
    Transitions<Store>::enter(job, d.state, false, now);
    model_.counters.moved(job.group, before.state, job.state);
    store_.changed(job, before);
    return d.spent != 0;
  }

  Store& store_;
  Model& model_;
  Transitions<Store>& transitions_;
  std::vector<J*> jobs_;
  std::string failed_;
};

}  // namespace crawlhub::storage_model
