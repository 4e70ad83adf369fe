/* A middleware: sees every message in and out, in the order of the config (in) and the reverse (out). */
#pragma once

#include <crawlhub/abi/host.h>

/* A message on its way out. */
typedef struct crawlhub_outgoing {
  uint32_t struct_size;
  uint32_t tag; /* what this instance gave to replace() on the message that this answers; 0: none */
  crawlhub_str type, job_id, data; /* data: a JSON object */
  const crawlhub_connection* connection;
} crawlhub_outgoing;

/* Takes what shall go out instead: the envelope's member for the job ("jobId" or "job_id"), type, job id and data. */
typedef void (*crawlhub_outgoing_sink)(void* context, crawlhub_str job_member, crawlhub_str type, crawlhub_str job_id,
                                       crawlhub_str data);

typedef struct crawlhub_middleware {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */

  /* create, start, stop, destroy, probe: as in crawlhub_handler. create and destroy are required. */
  crawlhub_status (*create)(const crawlhub_host* host, crawlhub_str config, void** self);
  crawlhub_status (*start)(void* self);
  /* Before the handler. [worker] Must not wait. Lives: call, message until return. Returns: OK (go on), REPLACED after
   * replace(), REFUSED after fail(), FAILED. Optional. */
  crawlhub_status (*before)(void* self, crawlhub_call* call, const crawlhub_message* message);
  /* Before a message is written to its connection. Call sink at most once, to change it. [worker] Must not wait.
   * Returns: OK, or REFUSED: it is not sent. Optional. */
  crawlhub_status (*after)(void* self, const crawlhub_outgoing* message, crawlhub_outgoing_sink sink, void* context);
  void (*connected)(void* self, crawlhub_call* call, const crawlhub_connection* connection);
  /* Returns: OK, or REFUSED after fail(): the connection is told and closed. */
  crawlhub_status (*hello)(void* self, crawlhub_call* call, const crawlhub_connection* connection, crawlhub_str data);
  void (*disconnected)(void* self, crawlhub_call* call, const crawlhub_connection* connection, crawlhub_str reason);
  crawlhub_status (*stop)(void* self, int64_t deadline_ns);
  void (*destroy)(void* self);
  crawlhub_status (*probe)(void* self, crawlhub_sink sink, void* context);
} crawlhub_middleware;
