/* The state table of docs/protocol.md, "Jobs, leases and states", as one pure function. Transitions of a job
 * are decided here and nowhere else: a storage backend fills the facts from what it keeps of the job, calls
 * crawlhub_job_decide in queue order, and stores what the decision says.
 *
 * C11 and C++20, no state, any thread.
 */
#pragma once

#include <crawlhub/abi/job_decision.h>
#include <crawlhub/abi/job_table.h>

static inline crawlhub_job_decision crawlhub_job_refuse_state(crawlhub_job_decision d,
                                                              const crawlhub_job_facts* job) {
  if (crawlhub_job_ended(job->state))
    return crawlhub_job_refuse(d, CRAWLHUB_E_JOB_ENDED, "the job has ended");
  switch (job->state) {
    case CRAWLHUB_JOB_QUEUED:
      return crawlhub_job_refuse(d, CRAWLHUB_E_WRONG_STATE, "the job is queued: nobody works on it");
    case CRAWLHUB_JOB_PAUSED:
      return crawlhub_job_refuse(d, CRAWLHUB_E_WRONG_STATE, "the job is paused: resume it first");
    case CRAWLHUB_JOB_WAITING_CREDENTIAL:
      return crawlhub_job_refuse(d, CRAWLHUB_E_WRONG_STATE,
                                 "the job waits for a credential: wait for it, or cancel");
    case CRAWLHUB_JOB_CREDENTIAL_EXPIRED:
      return crawlhub_job_refuse(d, CRAWLHUB_E_WRONG_STATE,
                                 "the job's credential has expired: it needs a new token");
    default:
      return crawlhub_job_refuse(d, CRAWLHUB_E_WRONG_STATE, "the job is being worked on: cancel it first");
  }
}

/* Whose report counts: the holder's; where nobody holds the job, the last holder's. OK in d.status means go
 * on. */
static inline crawlhub_job_decision crawlhub_job_admit(crawlhub_job_decision d, const crawlhub_job_facts* job,
                                                       const crawlhub_job_event* event) {
  const int held = job->lease_end == CRAWLHUB_LEASE_HELD;
  const int stale = (event->flags & CRAWLHUB_HAS_LEASE) && event->lease != job->lease;
  if (!crawlhub_job_reported(event->event)) {
    if (stale) d.status = CRAWLHUB_RESULT_DUPLICATE; /* the lease it was about has ended already */
    return d;
  }
  if (event->event == CRAWLHUB_EVENT_DISCOVERED) {
    if (job->sender_holds || job->sender_was_last) return d;
    return crawlhub_job_refuse(d, CRAWLHUB_E_NOT_HOLDER, "the job was never this crawler's");
  }
  if (stale)
    return crawlhub_job_refuse(d, CRAWLHUB_E_STALE_LEASE,
                               "the lease number is not the current one: the job was handed out again");
  if (held ? job->sender_holds : job->sender_was_last || crawlhub_job_ended(job->state)) return d;
  return crawlhub_job_refuse(
      d, CRAWLHUB_E_NOT_HOLDER,
      held ? "another connection holds the job" : "the job was never this crawler's, or is free to others");
}

/* A report on a job that nobody holds gives it back to whom it was last given, unless that lease ended on
 * purpose. */
static inline int crawlhub_job_revives(const crawlhub_job_facts* job, const crawlhub_job_event* event) {
  return job->state == CRAWLHUB_JOB_QUEUED && event->event <= CRAWLHUB_EVENT_FAILED && job->sender_was_last &&
         crawlhub_lease_revivable(job->lease_end);
}

static inline crawlhub_job_decision crawlhub_job_repeated(crawlhub_job_decision d,
                                                          const crawlhub_job_facts* job) {
  const int ended_it = job->sender_was_last && (job->lease_end == CRAWLHUB_LEASE_COMPLETED ||
                                                job->lease_end == CRAWLHUB_LEASE_FAILED);
  if (ended_it) {
    d.status = CRAWLHUB_RESULT_DUPLICATE;
    return d;
  }
  if (job->state == CRAWLHUB_JOB_QUEUED)
    return crawlhub_job_refuse(d, CRAWLHUB_E_NOT_HOLDER, "the job is free to others by now");
  return crawlhub_job_refuse_state(d, job);
}

/* Applies a cell to a job that the event's sender may change. */
static inline crawlhub_job_decision crawlhub_job_apply(crawlhub_job_decision d, const crawlhub_job_facts* job,
                                                       const crawlhub_job_event* event, int cell) {
  const int held = d.lease_end == CRAWLHUB_LEASE_HELD;
  switch (cell) {
    case CRAWLHUB_CELL_DUP:
      if (!d.revived) d.status = CRAWLHUB_RESULT_DUPLICATE;
      return d;
    case CRAWLHUB_CELL_NO:
      return crawlhub_job_refuse_state(d, job);
    case CRAWLHUB_CELL_LATE:
      return crawlhub_job_repeated(d, job);
    case CRAWLHUB_CELL_STAY:
      return d;
    case CRAWLHUB_CELL_RUN:
      return crawlhub_job_set(d, CRAWLHUB_JOB_RUNNING, 1);
    case CRAWLHUB_CELL_ASK:
      return crawlhub_job_set(d, CRAWLHUB_JOB_WAITING_CREDENTIAL, 1);
    case CRAWLHUB_CELL_RENEW:
      return crawlhub_job_set(d, CRAWLHUB_JOB_CREDENTIAL_RENEWED, 0);
    case CRAWLHUB_CELL_EXPIRE:
      return crawlhub_job_set(crawlhub_job_free(d, CRAWLHUB_LEASE_RETURNED, 1),
                              CRAWLHUB_JOB_CREDENTIAL_EXPIRED, 0);
    case CRAWLHUB_CELL_DONE:
      d.clears_resume_state = 1;
      d.started = 1;
      return crawlhub_job_end(d, CRAWLHUB_JOB_FINISHED, CRAWLHUB_LEASE_COMPLETED);
    case CRAWLHUB_CELL_BAD:
      d.started = 1;
      return crawlhub_job_end(d, CRAWLHUB_JOB_FAILED, CRAWLHUB_LEASE_FAILED);
    case CRAWLHUB_CELL_AGAIN:
      d.started = 1;
      d.spent = crawlhub_job_spent(d.attempts, event->max_attempts);
      if (d.spent) return crawlhub_job_end(d, CRAWLHUB_JOB_FAILED, CRAWLHUB_LEASE_FAILED);
      return crawlhub_job_requeue(d, CRAWLHUB_LEASE_FAILED, 0, CRAWLHUB_WAIT_BACKOFF);
    case CRAWLHUB_CELL_BACK:
      return crawlhub_job_requeue(d, event->reason, 1, CRAWLHUB_WAIT_GIVEN);
    case CRAWLHUB_CELL_LOST:
      d = crawlhub_job_requeue(
          d, event->reason,
          event->reason == CRAWLHUB_LEASE_RESTART || event->reason == CRAWLHUB_LEASE_RETURNED,
          CRAWLHUB_WAIT_GIVEN);
      d.spent = crawlhub_job_spent(d.attempts, event->max_attempts);
      return d;
    case CRAWLHUB_CELL_LOOSE:
      if (event->event != CRAWLHUB_EVENT_LEASE_ENDS) return crawlhub_job_free(d, CRAWLHUB_LEASE_FAILED, 0);
      if (!held) d.status = CRAWLHUB_RESULT_DUPLICATE;
      return crawlhub_job_free(d, event->reason, 1);
    case CRAWLHUB_CELL_CANCEL:
      return crawlhub_job_end(d, CRAWLHUB_JOB_CANCELLED, CRAWLHUB_LEASE_CANCELLED);
    case CRAWLHUB_CELL_PAUSE:
      d.former_state = d.state;
      if (!(event->flags & CRAWLHUB_KEEP_LEASE)) d = crawlhub_job_free(d, CRAWLHUB_LEASE_CANCELLED, 1);
      return crawlhub_job_set(d, CRAWLHUB_JOB_PAUSED, 0);
    case CRAWLHUB_CELL_RESUME:
      if (held) return crawlhub_job_set(d, d.former_state, 0);
      return crawlhub_job_requeue(d, 0, 0, CRAWLHUB_WAIT_NONE);
    case CRAWLHUB_CELL_QUEUE:
      return crawlhub_job_requeue(d, 0, 0, CRAWLHUB_WAIT_NONE);
    case CRAWLHUB_CELL_RETRY:
      d.lease_end = CRAWLHUB_LEASE_CANCELLED;
      d.attempts = 0;
      return crawlhub_job_requeue(d, 0, 0, CRAWLHUB_WAIT_NONE);
    default:
      return crawlhub_job_refuse(d, CRAWLHUB_E_INTERNAL, "the storage does not know this event or state");
  }
}

/* Decides one event of one job. Reads nothing of the event but its fixed fields. */
static inline crawlhub_job_decision crawlhub_job_decide(const crawlhub_job_facts* job,
                                                        const crawlhub_job_event* event) {
  uint32_t column = job->state;
  crawlhub_job_decision d = crawlhub_job_admit(crawlhub_job_unchanged(job), job, event);
  if (d.status != CRAWLHUB_RESULT_OK) return d;
  if (crawlhub_job_revives(job, event)) {
    d.revived = 1;
    d.started = 1;
    d.lease_end = CRAWLHUB_LEASE_HELD;
    d.state = CRAWLHUB_JOB_RUNNING;
    column = CRAWLHUB_JOB_RUNNING;
  }
  /* What was discovered is taken from the last holder as well, but only the present one starts the job. */
  if (event->event == CRAWLHUB_EVENT_DISCOVERED && !job->sender_holds) return d;
  return crawlhub_job_apply(d, job, event, crawlhub_job_cell(event->event, column));
}

/* A claim: the queued job goes to the claimer, with the next lease number and one attempt more. */
static inline crawlhub_job_decision crawlhub_job_hand_out(const crawlhub_job_facts* job) {
  crawlhub_job_decision d = crawlhub_job_unchanged(job);
  if (job->state != CRAWLHUB_JOB_QUEUED) return crawlhub_job_refuse_state(d, job);
  d.state = CRAWLHUB_JOB_ASSIGNED;
  d.lease_end = CRAWLHUB_LEASE_HELD;
  ++d.attempts;
  return d;
}

/* The wait of a queued job without attempts is over: it fails, unless the bound was raised meanwhile. */
static inline crawlhub_job_decision crawlhub_job_give_up(const crawlhub_job_facts* job, uint32_t max_attempts) {
  crawlhub_job_decision d = crawlhub_job_unchanged(job);
  if (job->state != CRAWLHUB_JOB_QUEUED) return crawlhub_job_refuse_state(d, job);
  d.spent = crawlhub_job_spent(job->attempts, max_attempts);
  d.wait = CRAWLHUB_WAIT_NONE;
  if (d.spent) d.state = CRAWLHUB_JOB_FAILED;
  return d;
}
