// Events of jobs: facts in, decision of job_rules.h, effects out.
#pragma once

#include <string_view>

#include <crawlhub/storage_model/model.hpp>

namespace crawlhub::storage_model {

using EventBody = Body<crawlhub_job_event>;

// Thread: writer.
template <class Store>
class Transitions {
 public:
  using J = typename Store::JobType;
  explicit Transitions(Store& store) : store_(store), model_(store.model()) {}

  // CRAWLHUB_OP_JOB_EVENT.
  void event(const crawlhub_op& op, crawlhub_result& result) {
    const EventBody event(op);
    J* job = store_.find(view(op.key));
    if (job == nullptr) return set_refused(result, CRAWLHUB_E_UNKNOWN_JOB, "there is no such job");
    run(*job, event, &result);
  }

  // Decides one event of one job and carries it out. result may be null. Returns whether something changed.
  bool run(J& job, const EventBody& event, crawlhub_result* result) {
    const crawlhub_job_facts facts = facts_of(job, event);
    const crawlhub_job_decision d = crawlhub_job_decide(&facts, &*event);
    if (d.status == CRAWLHUB_RESULT_REFUSED) {
      if (result != nullptr) set_refused(*result, d.code, d.text);
      return false;
    }
    const bool only_progress = event->event == CRAWLHUB_EVENT_PROGRESS && !moves(job, d);
    const std::uint16_t state_before = job.state;
    const bool ran_before = job.started_ns != 0;
    if (d.status == CRAWLHUB_RESULT_OK) {
      if (only_progress) {
        store_.progress(job, event);
      } else if (event->event != CRAWLHUB_EVENT_DISCOVERED || moves(job, d)) {
        carry_out(job, d, event);
      }
    }
    if (result != nullptr) {
      result->status = d.status;
      result->number = job.lease.number;
      if (!only_progress) model_.set_job(*result, job, state_before, d.revived != 0, ran_before);
    }
    return d.status == CRAWLHUB_RESULT_OK;
  }

  // An event that the hub itself makes: no crawler sent it, and it has no texts.
  bool run(J& job, crawlhub_job_event& event) {
    event.struct_size = sizeof event;
    event.flags |= CRAWLHUB_BY_OPERATOR;
    return run(job, EventBody(&event, sizeof event), nullptr);
  }

  crawlhub_job_facts facts_of(const J& job) const {
    crawlhub_job_facts facts{};
    facts.state = job.state;
    facts.former_state = job.former_state;
    facts.lease_end = job.lease.end;
    facts.attempts = job.attempts;
    facts.lease = job.lease.number;
    return facts;
  }

 private:
  crawlhub_job_facts facts_of(const J& job, const EventBody& event) {
    crawlhub_job_facts facts = facts_of(job);
    const Lease& lease = job.lease;
    if (event->flags & CRAWLHUB_BY_OPERATOR) {
      facts.sender_holds = lease.held();
      facts.sender_was_last = lease.number != 0;
      return facts;
    }
    facts.sender_holds =
        lease.held() && lease.connection == event->connection &&
        lease.hub == model_.names.intern(event.text(&crawlhub_job_event::hub)) &&
        lease.incarnation == model_.names.intern(event.text(&crawlhub_job_event::incarnation));
    facts.sender_was_last = facts.sender_holds || (lease.number != 0 && lease.crawler == crawler_of(event));
    return facts;
  }
  // 0 for a sender without hello: all of those are alike.
  NameId crawler_of(const EventBody& event) {
    if ((event->flags & CRAWLHUB_HAS_HELLO) == 0) return 0;
    return model_.names.intern(event.text(&crawlhub_job_event::crawler));
  }

  static bool moves(const J& job, const crawlhub_job_decision& d) noexcept {
    return d.state != job.state || d.lease_end != job.lease.end || d.revived != 0 ||
           d.attempts != job.attempts || d.wait != CRAWLHUB_WAIT_AS_IT_IS;
  }

  void carry_out(J& job, const crawlhub_job_decision& d, const EventBody& event) {
    const JobPlace before = job.place();
    const std::int64_t now = event->now_ns;
    if (d.revived) take_up(job.lease, event);
    take_texts(job, d, event);
    job.former_state = d.former_state;
    job.lease.end = d.lease_end;
    job.attempts = d.attempts;
    if (d.started && job.started_ns == 0) job.started_ns = now;
    wait(job, d, event);
    enter(job, d.state, d.spent != 0, now);
    model_.counters.moved(job.group, before.state, job.state);
    store_.changed(job, before);
  }

  void take_up(Lease& lease, const EventBody& event) {
    lease.connection = event->connection;
    lease.hub = model_.names.intern(event.text(&crawlhub_job_event::hub));
    lease.incarnation = model_.names.intern(event.text(&crawlhub_job_event::incarnation));
    lease.crawler = crawler_of(event);
  }

  void take_texts(J& job, const crawlhub_job_decision& d, const EventBody& event) {
    if (event->event == CRAWLHUB_EVENT_PROGRESS) {
      model_.merger.merge(job.progress, job.entity_type, event);
    } else {
      model_.merger.merge_texts(job.progress, event);
    }
    const auto assign = [&](std::string& to, crawlhub_text crawlhub_job_event::*field) {
      const std::string_view text = event.text(field);
      if (!text.empty()) to.assign(text);
    };
    assign(job.error, &crawlhub_job_event::error);
    assign(job.error_type, &crawlhub_job_event::error_type);
    assign(job.detail, &crawlhub_job_event::detail);
    if (event->event == CRAWLHUB_EVENT_COMPLETED || event->event == CRAWLHUB_EVENT_COMPLETED_BADLY) {
      take_final_counts(job);
    }
    if (d.clears_resume_state) {
      job.progress.resume_state.clear();
      job.error.clear();
      job.error_type.clear();
    }
  }
  void take_final_counts(J& job) {
    if (job.detail.empty() || !detail_.read(job.detail)) return;
    model_.merger.merge_counts(job.progress, detail_.find("finalCounts").raw(), EntityProgress::kFinalCount);
  }

  static void wait(J& job, const crawlhub_job_decision& d, const EventBody& event) {
    const std::int64_t now = event->now_ns;
    if (d.wait == CRAWLHUB_WAIT_NONE) job.run_at_ns = now;
    if (d.wait == CRAWLHUB_WAIT_GIVEN) job.run_at_ns = now + event->wait_ns;
    if (d.wait == CRAWLHUB_WAIT_BACKOFF) {
      job.run_at_ns = now + crawlhub_job_backoff(event->wait_ns, event->wait_factor, event->wait_most_ns,
                                                 d.attempts, str(job.id));
    }
  }

 public:
  // Puts a job into a state and into the queue that goes with it.
  static void enter(J& job, std::uint16_t state, bool spent, std::int64_t now) {
    job.state = state;
    job.finished_ns = crawlhub_job_ended(state) ? now : 0;
    job.queue = Queue::kNone;
    if (state == CRAWLHUB_JOB_CREDENTIAL_EXPIRED) job.queue = Queue::kExpired;
    if (state != CRAWLHUB_JOB_QUEUED) return;
    job.queue = spent ? Queue::kSpent : job.run_at_ns > now ? Queue::kWaiting : Queue::kReady;
  }

 private:
  Store& store_;
  Model& model_;
  JsonIndex detail_;
};

}  // namespace crawlhub::storage_model
