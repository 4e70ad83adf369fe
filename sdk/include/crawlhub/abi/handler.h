/* A handler: answers or observes message types, registers commands, hears of connections and events. */
#pragma once

#include <crawlhub/abi/host.h>
#include <crawlhub/abi/storage.h>

/* outcome of an observed message */
#define CRAWLHUB_ACCEPTED 1
#define CRAWLHUB_REJECTED 2

/* A message with what became of it. */
typedef struct crawlhub_observation {
  uint32_t struct_size;
  int32_t outcome; /* CRAWLHUB_ACCEPTED or CRAWLHUB_REJECTED */
  int32_t code;    /* where rejected */
  uint32_t result_count;
  uint64_t result_stride;
  const crawlhub_message* message; /* its connection shows the flags of now */
  const crawlhub_result* results;  /* of what the answering handler submitted, in order */
} crawlhub_observation;

typedef struct crawlhub_handler {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */

  /* Reads the config, registers types, commands, sections. Opens nothing.
   * [control] Lives: config until return; host until destroy returned. Returns: OK with *self set, or FAILED after
   * log(). Required. */
  crawlhub_status (*create)(const crawlhub_host* host, crawlhub_str config, void** self);
  /* May open things, query the storage, begin timers. [control] May wait. Returns: OK, or FAILED after log(): then only
   * destroy follows. Optional. */
  crawlhub_status (*start)(void* self);
  /* One message of a type that this instance answers.
   * [worker] Serial for one connection, concurrent for others. Must not wait. Lives: call, message until return.
   * Returns: OK (accepted; with submit: once that is), DECLINED, REFUSED after fail(), PENDING after defer(), FAILED.
   * Null where the instance only observes. */
  crawlhub_status (*handle)(void* self, crawlhub_call* call, const crawlhub_message* message);
  /* Messages of types that this instance observes, with their results, in commit order per job.
   * [worker] Must not wait. Lives: all until return. Optional. */
  void (*observe)(void* self, const crawlhub_observation* list, uint64_t count, uint64_t stride);
  /* A connection was accepted; said hello (data: the hello's data); ended (reason: one sentence; call can submit, but
   * not reply); a second has gone by. [worker] Optional, each. */
  void (*connected)(void* self, crawlhub_call* call, const crawlhub_connection* connection);
  void (*hello)(void* self, crawlhub_call* call, const crawlhub_connection* connection, crawlhub_str data);
  void (*disconnected)(void* self, crawlhub_call* call, const crawlhub_connection* connection, crawlhub_str reason);
  void (*tick)(void* self, crawlhub_call* call, const crawlhub_connection* connection);
  /* An event that was subscribed to. Progress may be dropped, state changes never. [pool] Optional. */
  void (*event)(void* self, crawlhub_str name, crawlhub_str json);
  /* Ends what start began; no call runs or follows but destroy. deadline_ns: on the clock of monotonic_ns. [control]
   * Optional. */
  crawlhub_status (*stop)(void* self, int64_t deadline_ns);
  /* Frees self. [control] Once. Required. */
  void (*destroy)(void* self);
  /* Read-only: could start work? As in crawlhub_storage. [control] Optional. */
  crawlhub_status (*probe)(void* self, crawlhub_sink sink, void* context);
} crawlhub_handler;
