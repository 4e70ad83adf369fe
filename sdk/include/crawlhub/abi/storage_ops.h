/* Storage operations and queries of the crawler's domain: known to handlers and storage backends only. The host moves
 * them as opaque records.
 *
 * An operation is {kind, flags, key, body}. The body is flat: a struct of fixed-width fields, followed by the bytes of
 * its texts; a text in it is a crawlhub_text, an offset from the body's start. So a body can be copied, queued and
 * written to a journal as it is. A body begins 8-byte aligned.
 */
#pragma once

#include <crawlhub/abi/types.h>

/* A text inside a flat body. len 0: absent. */
typedef struct crawlhub_text {
  uint32_t offset; /* bytes from the start of the body */
  uint32_t len;    /* bytes */
} crawlhub_text;

/* ---- job states: numbers are stored; names are those of protocol.md ---- */
#define CRAWLHUB_JOB_STATES(X)                                            \
  X(1, QUEUED, queued) X(2, ASSIGNED, assigned) X(3, RUNNING, running)    \
  X(4, PAUSED, paused) X(5, WAITING_CREDENTIAL, waiting_credential_renewal) \
  X(6, CREDENTIAL_RENEWED, credential_renewed)                            \
  X(7, CREDENTIAL_EXPIRED, credential_expired)                            \
  X(8, FINISHED, finished) X(9, FAILED, failed) X(10, CANCELLED, cancelled)
#define CRAWLHUB_JOB_STATE_ENUM(number, NAME, name) CRAWLHUB_JOB_##NAME = number,
enum { CRAWLHUB_JOB_STATES(CRAWLHUB_JOB_STATE_ENUM) };
#undef CRAWLHUB_JOB_STATE_ENUM

/* How a lease ended; kept with the job, since it decides revival and what counts as a repetition (job_rules.h). */
#define CRAWLHUB_LEASE_NEVER 0      /* there was none */
#define CRAWLHUB_LEASE_HELD 1       /* it has not ended */
#define CRAWLHUB_LEASE_DISCONNECT 2 /* its connection ended */
#define CRAWLHUB_LEASE_EXPIRED 3    /* nothing was heard of the job */
#define CRAWLHUB_LEASE_RESTART 4    /* the hub that gave it started anew */
#define CRAWLHUB_LEASE_NOT_STARTED 5 /* it was not started in time */
#define CRAWLHUB_LEASE_FAILED 6     /* by job_failed */
#define CRAWLHUB_LEASE_COMPLETED 7  /* by job_completed */
#define CRAWLHUB_LEASE_CANCELLED 8  /* by an operator: cancel, pause, retry */
#define CRAWLHUB_LEASE_RETURNED 9   /* given back: drain, credential states */

/* ---- flags of an operation ---- */
#define CRAWLHUB_OP_MERGE 1u   /* may merge with the directly preceding operation of the same job and lease */
#define CRAWLHUB_OP_CHAINED 2u /* done only if the first operation of the same submission was accepted (OK or
                                  DUPLICATE); else its result is SKIPPED. Safe to slice: idempotent by unique keys */
#define CRAWLHUB_OP_RELAXED 4u /* its result may be told before it is flushed (claims, starts) */

/* ---- kinds of operations; the key is in the comment ---- */
#define CRAWLHUB_OP_JOB_ADD 1         /* job id: crawlhub_job_add */
#define CRAWLHUB_OP_JOB_CLAIM 2       /* "": crawlhub_job_claim; result body: crawlhub_claimed, then jobs */
#define CRAWLHUB_OP_JOB_EVENT 3       /* job id: crawlhub_job_event; result body: crawlhub_job (but for progress) */
#define CRAWLHUB_OP_CONNECTION_END 4  /* "": crawlhub_connection_end: the leases of a connection end */
#define CRAWLHUB_OP_HUB_START 5       /* hub id: crawlhub_hub_start: leases of its former incarnation end */
#define CRAWLHUB_OP_JOB_SWEEP 6       /* "": crawlhub_job_sweep: jobs whose attempts are spent and wait is over fail */
#define CRAWLHUB_OP_ACCOUNT_PUT 7     /* account name: crawlhub_account_put */
#define CRAWLHUB_OP_ACCOUNT_REMOVE 8  /* account name: no body; its queued jobs stay queued, blocked */
#define CRAWLHUB_OP_AREA_PUT 9        /* full path: crawlhub_area_put */
#define CRAWLHUB_OP_ENTITY_PUT 10     /* id of the entity: crawlhub_entity_put */
#define CRAWLHUB_OP_ERROR_ADD 11      /* id of the record: crawlhub_error_add */

/* ---- bodies ---- */

/* Adds a queued job. Fields left out are taken from the job spawned_from, where that is given: account, provider, url,
 * root. Result: OK; DUPLICATE with the old job's id as text where (root, unique_key) is used, or the id itself. */
typedef struct crawlhub_job_add {
  uint32_t struct_size;
  int32_t priority;
  int64_t now_ns;     /* wall clock */
  int64_t run_at_ns;  /* wall clock; 0: at once */
  crawlhub_text entity_type, entity_id, account, provider, url;
  crawlhub_text spawned_from; /* job id */
  crawlhub_text unique_key;   /* unique among jobs of one root (among roots: of all roots) */
  crawlhub_text gitlab_id, name, command, data; /* data: JSON kept as it is (estimated sizes and the like) */
} crawlhub_job_add;

/* Leases up to limit queued jobs: due, not blocked, highest priority first, then oldest. Jobs whose account is missing,
 * or has no token or no URL (the job's own url counts), are passed over, marked blocked, and counted. */
typedef struct crawlhub_job_claim {
  uint32_t struct_size;
  uint32_t limit;
  uint64_t connection; /* id of the claiming connection */
  int64_t now_ns;      /* wall clock */
  crawlhub_text hub, incarnation, crawler;
  crawlhub_text entity_types; /* wanted types, each followed by a newline; absent: all */
} crawlhub_job_claim;

/* events of CRAWLHUB_OP_JOB_EVENT: the rows of the state table */
#define CRAWLHUB_EVENT_STARTED 1
#define CRAWLHUB_EVENT_PROGRESS 2
#define CRAWLHUB_EVENT_COMPLETED 3       /* with success */
#define CRAWLHUB_EVENT_COMPLETED_BADLY 4 /* without success, or failed for good */
#define CRAWLHUB_EVENT_FAILED 5          /* recoverable */
#define CRAWLHUB_EVENT_TOKEN_REQUEST 6
#define CRAWLHUB_EVENT_TOKEN_RENEWED 7
#define CRAWLHUB_EVENT_TOKEN_EXPIRED 8
#define CRAWLHUB_EVENT_LEASE_ENDS 9      /* reason: how */
#define CRAWLHUB_EVENT_TIMEOUT 10
#define CRAWLHUB_EVENT_CANCEL 11
#define CRAWLHUB_EVENT_PAUSE 12
#define CRAWLHUB_EVENT_RESUME 13
#define CRAWLHUB_EVENT_RETRY 14
#define CRAWLHUB_EVENT_DISCOVERED 15     /* jobs_discovered, discovery: accepted for any job whose holder, now or last,
                                            is the sender; starts an assigned one */
#define CRAWLHUB_EVENTS 15

/* which fields of crawlhub_job_event were given */
#define CRAWLHUB_HAS_PROCESSED 1u
#define CRAWLHUB_HAS_TOTAL 2u
#define CRAWLHUB_HAS_PAGE 4u
#define CRAWLHUB_HAS_ITEMS 8u
#define CRAWLHUB_HAS_RATE 16u
#define CRAWLHUB_HAS_REMAINING 32u
#define CRAWLHUB_HAS_LEASE 64u     /* lease was echoed by the crawler and must be the current one */
#define CRAWLHUB_BY_OPERATOR 128u  /* from no crawler: connection and crawler are not looked at */
#define CRAWLHUB_HAS_HELLO 256u    /* the sender said hello */
#define CRAWLHUB_KEEP_LEASE 512u   /* PAUSE: the holder understands pause_job and keeps the job; else it is freed */

/* One event of one job. Numbers that were not given keep their older value; texts likewise where absent. */
typedef struct crawlhub_job_event {
  uint32_t struct_size;
  uint16_t event;   /* CRAWLHUB_EVENT_* */
  uint16_t reason;  /* CRAWLHUB_LEASE_* for LEASE_ENDS, else 0 */
  uint32_t flags;   /* CRAWLHUB_HAS_* */
  uint32_t max_attempts; /* 0: no bound */
  uint64_t connection;
  uint64_t lease;
  int64_t now_ns;      /* wall clock */
  int64_t wait_ns;     /* LEASE_ENDS: until another connection may have it. Failures: the first backoff */
  int64_t wait_most_ns; /* failures: the backoff's bound; wait is wait_ns * factor^(attempts-1), with jitter */
  double wait_factor;
  double processed, total, page, items, rate, remaining; /* rate: items a second; remaining: seconds */
  crawlhub_text hub, incarnation, crawler;
  crawlhub_text stage, entity_type, message;
  crawlhub_text resume_state; /* JSON object */
  crawlhub_text item_counts;  /* JSON object of numbers */
  crawlhub_text entities;     /* JSON list: the entities of the older dialect's progress */
  crawlhub_text error, error_type;
  crawlhub_text detail;       /* JSON: finalCounts and outputFiles, or the context of a failure */
} crawlhub_job_event;

/* The jobs held by a connection lose their lease; each as LEASE_ENDS with the reason. Result number: how many. */
typedef struct crawlhub_connection_end {
  uint32_t struct_size;
  uint32_t reason; /* CRAWLHUB_LEASE_* */
  uint64_t connection;
  int64_t now_ns;
  int64_t wait_ns;
  uint32_t max_attempts;
  uint32_t reserved;
  double wait_factor;
  int64_t backoff_first_ns, backoff_most_ns;
  crawlhub_text hub, incarnation;
} crawlhub_connection_end;

/* Every lease of this hub that is not of this incarnation ends, by RESTART. Result number: how many. */
typedef struct crawlhub_hub_start {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t now_ns;
  int64_t wait_hello_ns;   /* wait before another may have it, where the holder had said hello */
  int64_t wait_without_ns; /* and where it had not */
  crawlhub_text incarnation;
} crawlhub_hub_start;

/* Result number: how many failed. Result body: their ids, each followed by a newline. */
typedef struct crawlhub_job_sweep {
  uint32_t struct_size;
  uint32_t max_attempts;
  int64_t now_ns;
} crawlhub_job_sweep;

/* Adds an account or replaces what is given of it. Its blocked jobs are blocked no more. */
typedef struct crawlhub_account_put {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t now_ns;
  crawlhub_text provider, url;
  crawlhub_text token; /* encrypted by the handler; storage never sees it in clear */
  crawlhub_text data;  /* JSON object */
} crawlhub_account_put;

/* Keyed by (gitlab_id, type): a moved path is updated. account, where given, is recorded as authorized for it; it is
 * taken from the job where that is given. */
typedef struct crawlhub_area_put {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t now_ns;
  crawlhub_text gitlab_id, type, name, parent_id, account, job;
} crawlhub_area_put;

/* A discovered entity; unique by (entity_type, id). */
typedef struct crawlhub_entity_put {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t now_ns;
  crawlhub_text entity_type, name, path, parent_id, job;
} crawlhub_entity_put;

/* A record of the error log. */
typedef struct crawlhub_error_add {
  uint32_t struct_size;
  int32_t code;     /* number of the catalogue */
  int32_t category, severity;
  int64_t now_ns;
  crawlhub_text message, details, stack, connection, job, crawler, account;
} crawlhub_error_add;

/* ---- result bodies ---- */

/* A job, as a result shows it. Texts are offsets from the start of this struct. */
typedef struct crawlhub_job {
  uint32_t struct_size;
  uint32_t size;  /* of this record with its texts, a multiple of 8 */
  uint16_t state, state_before; /* CRAWLHUB_JOB_* */
  uint16_t revived, ran_before; /* 0 or 1 */
  uint32_t attempts;
  int32_t priority;
  uint64_t lease;      /* grows with each hand-out of this job */
  uint64_t connection; /* the holder; 0: none */
  int64_t created_ns, started_ns, finished_ns, run_at_ns;
  crawlhub_text id, entity_type, entity_id, account, provider;
  crawlhub_text url;           /* the job's, else the account's */
  crawlhub_text token;         /* the account's, encrypted; only in a claim */
  crawlhub_text account_data;  /* the account's data; only in a claim */
  crawlhub_text resume_state, root, spawned_from, gitlab_id, crawler;
} crawlhub_job;

/* Result body of a claim: this, then count jobs one after the other (crawlhub_job.size apart). */
typedef struct crawlhub_claimed {
  uint32_t struct_size;
  uint32_t count;
  uint32_t blocked;        /* jobs passed over in this claim for want of a usable account */
  uint32_t reserved;
  crawlhub_text blocked_job; /* id of one of them, offset from the start of this struct */
} crawlhub_claimed;

/* ---- queries: parameters and answers are JSON ---- */
#define CRAWLHUB_QUERY_JOBS_LIST 1     /* {status?, account?, entityType?, limit, after?} -> {jobs: [...], next: cursor|null},
                                          newest first */
#define CRAWLHUB_QUERY_JOB_GET 2       /* {id} -> job | null; job as the command line shows it (architecture.md 7), plus
                                          error details, counts, outputFiles, root, spawnedFrom, gitlabId, runAt */
#define CRAWLHUB_QUERY_JOB_COUNTS 3    /* {} -> {queued: n, ... one a state}; counters, never a scan */
#define CRAWLHUB_QUERY_ACCOUNTS 4      /* {name?} -> [{name, provider, url, token (encrypted), data, createdAt, updatedAt}] */
#define CRAWLHUB_QUERY_ERRORS_LIST 5   /* {limit, after?, category?, severity?, jobId?} -> {errors: [...], next} */
#define CRAWLHUB_QUERY_ENTITY_COUNTS 6 /* {} -> {jobs: {type: {state: n}}, items: {type: n} (final counts of finished jobs,
                                          newest progress of others), areas: {type: n}, entities: {type: n}} */
#define CRAWLHUB_QUERY_PROGRESS 7      /* {after?, limit} -> {jobs: [{id, state, entityType, entityId, account, root, attempts,
                                          startedAt, finishedAt, progress}], next}: for trackers after a start */
#define CRAWLHUB_QUERY_AREAS 8         /* {limit, after?} -> {areas: [{fullPath, gitlabId, type, name, parentId, accounts: n,
                                          createdAt}], next} */
