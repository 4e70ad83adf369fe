/* What a transition of a job is made of: the facts it depends on, the decision, and the parts of one.
 * job_rules.h puts them together. The structs here stay within one plugin: they never cross the ABI.
 */
#pragma once

#include <crawlhub/abi/errors.h>
#include <crawlhub/abi/storage.h>
#include <crawlhub/abi/storage_ops.h>

/* What the rules need to know of a job and of the event's sender. */
typedef struct crawlhub_job_facts {
  uint16_t state;        /* CRAWLHUB_JOB_* */
  uint16_t former_state; /* of a paused job: what it was */
  uint16_t lease_end;    /* CRAWLHUB_LEASE_*: HELD while somebody holds it, else how the last lease ended */
  uint16_t sender_holds; /* 1: hub, incarnation and connection of the lease are the sender's */
  uint16_t
      sender_was_last; /* 1: the holder, now or last, had the sender's crawlerId, or both said no hello */
  uint16_t reserved;
  uint32_t attempts;
  uint64_t lease;
} crawlhub_job_facts;

/* When a queued job may be handed out. */
#define CRAWLHUB_WAIT_AS_IT_IS 0
#define CRAWLHUB_WAIT_NONE 1
#define CRAWLHUB_WAIT_GIVEN 2   /* the event's wait_ns from now */
#define CRAWLHUB_WAIT_BACKOFF 3 /* crawlhub_job_backoff from now */

/* What is to be done. Where status is not OK, nothing changes. */
typedef struct crawlhub_job_decision {
  int32_t status;   /* CRAWLHUB_RESULT_OK, DUPLICATE or REFUSED */
  int32_t code;     /* of the catalogue, where refused */
  const char* text; /* a sentence for the sender, where refused; never freed */
  uint16_t state, former_state;
  uint16_t lease_end; /* HELD: the lease goes on. Its number never changes here: only a claim raises it */
  uint16_t revived;   /* 1: the lease, with its old number, is the sender's now */
  uint16_t started;   /* 1: the job starts with this event, unless it ran before */
  uint16_t wait;      /* CRAWLHUB_WAIT_* */
  uint16_t clears_resume_state;
  uint16_t spent; /* 1: no attempt is left. Queued: it fails when its wait is over; failed: it is dead */
  uint32_t attempts;
} crawlhub_job_decision;

static inline int crawlhub_job_ended(uint32_t state) {
  return state >= CRAWLHUB_JOB_FINISHED;
}

/* Whether a crawler's report, not an operator or the hub itself, is behind the event. */
static inline int crawlhub_job_reported(uint32_t event) {
  return event <= CRAWLHUB_EVENT_TOKEN_REQUEST || event == CRAWLHUB_EVENT_DISCOVERED;
}

/* Whether a lease that ended so may be taken up again by whom it was given to. */
static inline int crawlhub_lease_revivable(uint32_t lease_end) {
  return lease_end == CRAWLHUB_LEASE_DISCONNECT || lease_end == CRAWLHUB_LEASE_EXPIRED ||
         lease_end == CRAWLHUB_LEASE_RESTART || lease_end == CRAWLHUB_LEASE_NOT_STARTED;
}

/* first_ns * factor^(attempts - 1), at most most_ns (0: no bound), and up to 10 % more or less of it, the
 * same for the same job and attempts, so that jobs that failed together do not come back together. */
static inline int64_t crawlhub_job_backoff(int64_t first_ns, double factor, int64_t most_ns,
                                           uint32_t attempts, crawlhub_str id) {
  const double most = most_ns > 0 ? (double)most_ns : 9.0e18;
  double wait = (double)first_ns;
  uint64_t hash = 14695981039346656037u ^ attempts; /* FNV-1a */
  uint32_t i;
  for (i = 1; i < attempts && factor > 1 && wait < most; ++i) wait *= factor;
  for (i = 0; i < id.len; ++i) hash = (hash ^ (uint8_t)id.ptr[i]) * 1099511628211u;
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdu; /* so that each byte reaches the bits that are used */
  if (wait > most) wait = most;
  wait *= 0.9 + 0.2 * (double)(hash >> 48) / 65535.0;
  return wait < 0 ? 0 : wait > most ? (int64_t)most : (int64_t)wait;
}

/* The decision that changes nothing. */
static inline crawlhub_job_decision crawlhub_job_unchanged(const crawlhub_job_facts* job) {
  crawlhub_job_decision d;
  d.status = CRAWLHUB_RESULT_OK;
  d.code = 0;
  d.text = "";
  d.state = job->state;
  d.former_state = job->former_state;
  d.lease_end = job->lease_end;
  d.revived = d.started = d.clears_resume_state = d.spent = 0;
  d.wait = CRAWLHUB_WAIT_AS_IT_IS;
  d.attempts = job->attempts;
  return d;
}

/* Whether no attempt is left; a bound of 0 is none. */
static inline uint16_t crawlhub_job_spent(uint32_t attempts, uint32_t max_attempts) {
  return max_attempts != 0 && attempts >= max_attempts;
}

static inline crawlhub_job_decision crawlhub_job_refuse(crawlhub_job_decision d, int32_t code,
                                                        const char* text) {
  d.status = CRAWLHUB_RESULT_REFUSED;
  d.code = code;
  d.text = text;
  return d;
}

static inline crawlhub_job_decision crawlhub_job_free(crawlhub_job_decision d, uint32_t lease_end,
                                                      int attempt_back) {
  if (d.lease_end == CRAWLHUB_LEASE_HELD) {
    d.lease_end = (uint16_t)lease_end;
    if (attempt_back && d.attempts > 0) --d.attempts;
  }
  return d;
}

/* The lease ends and the job is queued again. */
static inline crawlhub_job_decision crawlhub_job_requeue(crawlhub_job_decision d, uint32_t lease_end,
                                                         int attempt_back, uint16_t wait) {
  d = crawlhub_job_free(d, lease_end, attempt_back);
  d.state = CRAWLHUB_JOB_QUEUED;
  d.wait = wait;
  return d;
}

/* The lease ends and so does the job. */
static inline crawlhub_job_decision crawlhub_job_end(crawlhub_job_decision d, uint16_t state,
                                                     uint32_t lease_end) {
  d = crawlhub_job_free(d, lease_end, 0);
  d.state = state;
  return d;
}

static inline crawlhub_job_decision crawlhub_job_set(crawlhub_job_decision d, uint16_t state,
                                                     uint16_t started) {
  d.state = state;
  d.started = started;
  return d;
}
