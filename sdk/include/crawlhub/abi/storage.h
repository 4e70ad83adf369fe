/* A storage backend: durable state behind one contract (docs/architecture.md, "Storage"). */
#pragma once

#include <crawlhub/abi/host.h>
#include <crawlhub/abi/storage_ops.h>
#include <crawlhub/abi/types.h>

/* One operation. */
typedef struct crawlhub_op {
  uint32_t struct_size;
  uint32_t kind;  /* CRAWLHUB_OP_*, or another range that handler and backend agree on */
  uint32_t flags; /* CRAWLHUB_OP_MERGE ... */
  uint32_t body_size;
  crawlhub_str key;
  const void* body; /* 8-byte aligned; may be null where body_size is 0 */
  uint64_t submission; /* set by the host: operations of one submission carry the same number, in a row; the numbers
                          hold within one commit */
} crawlhub_op;

/* status of a result */
#define CRAWLHUB_RESULT_OK 0
#define CRAWLHUB_RESULT_DUPLICATE 1 /* accepted, changed nothing */
#define CRAWLHUB_RESULT_REFUSED 2   /* code and text say why; nothing changed */
#define CRAWLHUB_RESULT_SKIPPED 3   /* chained to one that was refused */
#define CRAWLHUB_RESULT_FAILED 4    /* the storage could not; code and text say why; nothing changed */

/* The outcome of one operation. The backend fills it; texts and bodies live until its next commit. */
typedef struct crawlhub_result {
  uint32_t struct_size;
  int32_t status; /* CRAWLHUB_RESULT_* */
  int32_t code;   /* number of the catalogue, 0 where accepted */
  uint32_t body_size;
  uint64_t number; /* as the operation says; for JOB_EVENT the job's lease number */
  crawlhub_str text; /* for the message's sender where refused */
  const void* body;  /* 8-byte aligned */
} crawlhub_result;

typedef struct crawlhub_storage {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */

  /* Reads the config (JSON object, checked against the schema, defaults filled in). Opens nothing.
   * [control] Lives: config until return; host until destroy. Returns: OK with *self set, or FAILED after
   * host->log(). Required. */
  crawlhub_status (*create)(const crawlhub_host* host, crawlhub_str config, void** self);
  /* Opens, migrates, replays. [control] May block. Returns: OK, or FAILED after host->log(). Required. */
  crawlhub_status (*start)(void* self);
  /* Flushes and closes what start opened; no commit or query runs or follows. [control] Required. */
  crawlhub_status (*stop)(void* self, int64_t deadline_ns);
  /* Frees self. [control] Called once, after stop, or after a start that failed. Required. */
  void (*destroy)(void* self);
  /* Read-only: could start work? Tells each finding to sink, one sentence a call. [control] Returns: OK or FAILED.
   * Optional. */
  crawlhub_status (*probe)(void* self, crawlhub_sink sink, void* context);

  /* Applies ops in order, with one flush, and fills results[i] for ops[i]; a refused one never spoils its neighbours.
   * When it returns what was accepted is durable, as the configured durability says.
   * [writer] May block. Lives: ops and what they point to until return. Returns: OK; FAILED where the whole batch
   * could not be applied (disk full): nothing of it is, every result is FAILED. Required. */
  crawlhub_status (*commit)(void* self, const crawlhub_op* ops, uint64_t count, uint64_t op_stride,
                            crawlhub_result* results, uint64_t result_stride);
  /* Housekeeping (folding, checkpoints) between batches: at least once a second while idle, and after batches when
   * 100 ms have gone by. Bounded to a few milliseconds a call. [writer] Returns: 1 where more is to be done at once,
   * else 0. Optional. */
  int32_t (*maintain)(void* self);
  /* Answers a query as JSON text to sink, once. Sees every operation whose result was told. [reader], one call a lane
   * at a time, several lanes at once. May block. Returns: OK; REFUSED or FAILED with the reason given to sink.
   * Required. */
  crawlhub_status (*query)(void* self, uint32_t lane, uint32_t kind, crawlhub_str parameters, crawlhub_sink sink,
                           void* context);
  /* Tells "full", "relaxed" or "none". [any] The text lives until destroy. Required. */
  crawlhub_str (*durability)(void* self);
} crawlhub_storage;
