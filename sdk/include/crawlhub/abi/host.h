/* What a plugin may ask of the host. One table, appended only; every instance gets its own in create, valid until its
 * destroy returned. No symbol of the host is ever linked.
 *
 * Lanes: workers, then control, writer, readers and pool threads are numbered from 0 to lane_count() - 1. Each call into
 * a plugin runs in a lane (on a message path it is message->connection->lane; lane() tells it anywhere), and two calls
 * never run in one lane of an instance at once: keep scratch memory per lane instead of thread-local objects.
 */
#pragma once

#include <crawlhub/abi/errors.h>
#include <crawlhub/abi/message.h>
#include <crawlhub/abi/types.h>

typedef struct crawlhub_host crawlhub_host;
typedef struct crawlhub_op crawlhub_op;         /* storage.h */
typedef struct crawlhub_result crawlhub_result; /* storage.h */

/* A call in progress on a connection: of a message, of a hook (connected, hello, disconnected, tick), or of a
 * submit_then continuation. Valid until the function that got it returns; see defer. */
typedef struct crawlhub_call crawlhub_call;

/* Names a deferred call for good; never 0. Using a dead one answers GONE. */
typedef uint64_t crawlhub_token;

/* A command being executed. Valid until its function returns. */
typedef struct crawlhub_command_call crawlhub_command_call;

/* flags of add_type */
#define CRAWLHUB_TYPE_OBSERVE 1u  /* observe it, with its results, instead of answering it */
#define CRAWLHUB_TYPE_BLOCKING 2u /* handle may wait: it runs in a pool lane, the connection's next message waits */

/* flags of a command */
#define CRAWLHUB_COMMAND_READ_ONLY 1u

/* kinds of a section */
#define CRAWLHUB_SECTION_STATUS 1  /* one JSON object, merged into `status` under the section's name */
#define CRAWLHUB_SECTION_METRICS 2 /* lines: name TAB type (counter, gauge) TAB help TAB labels {k="v",..} or empty TAB value */
#define CRAWLHUB_SECTION_DRAIN 3   /* a decimal number: what still runs; drain waits for 0 */

/* flags of state() */
#define CRAWLHUB_STATE_DRAINING 1u /* hand out nothing */
#define CRAWLHUB_STATE_STOPPING 2u

/* A command: JSON in, JSON out; served alike by command line, admin socket and HTTP. All texts are copied. */
typedef struct crawlhub_command {
  uint32_t struct_size;
  uint32_t flags;           /* CRAWLHUB_COMMAND_* */
  crawlhub_str name;        /* "jobs.add" */
  crawlhub_str summary;     /* one sentence */
  crawlhub_str role;        /* who may: "monitor" or "admin" */
  crawlhub_str input;       /* JSON Schema of the arguments, an object; a property's "x-cli" is {"positional": n} or
                               {"flag": "--name"} or {"file": true} (also: the flag's value is a file with the text);
                               without it: the flag is --property-name */
  crawlhub_str columns;     /* JSON: {"list": "member of the answer that is a list", "columns": [{"title", "path"}]} for a
                               table; empty: key and value lines */
  /* [pool] May wait. Lives: arguments until return. Answers with command_reply or command_fail, once.
   * Returns: OK, REFUSED after command_fail, FAILED. */
  crawlhub_status (*execute)(void* self, crawlhub_command_call* call, crawlhub_str arguments);
} crawlhub_command;

/* An error to be logged, counted and, past a threshold, notified. */
typedef struct crawlhub_error {
  uint32_t struct_size;
  int32_t code;           /* CRAWLHUB_E_* : gives category and severity */
  int32_t severity;       /* CRAWLHUB_SEVERITY_*, or 0: the code's own */
  int32_t reserved;
  crawlhub_str message;   /* one line: what happened, with names */
  crawlhub_str details;   /* JSON object or empty */
  crawlhub_str stack;
  crawlhub_str connection, job, crawler, account; /* ids, or empty */
} crawlhub_error;

/* Continues a submission: results[i] is of ops[i]. Runs exactly once for each submit_then or commit that returned OK, also
 * where the storage failed (results say so); so it may own what context points to.
 * [worker] of the call's connection, in order with its other completions; in a pool lane where there is no
 * connection any more (call is then null). Lives: call and results until return. Must not wait. */
typedef void (*crawlhub_continuation)(void* self, crawlhub_call* call, const crawlhub_result* results, uint64_t count,
                                      uint64_t stride, void* context);

typedef void (*crawlhub_timer)(void* self, void* context);

struct crawlhub_host {
  uint32_t struct_size;
  uint32_t abi_minor;

  /* ---- registration: in create only; FAILED or INVALID elsewhere [control] ---- */

  /* This instance answers (or observes) messages of type; message->route will be route. Texts are copied. */
  crawlhub_status (*add_type)(const crawlhub_host* host, crawlhub_str type, uint32_t flags, uint32_t route);
  crawlhub_status (*add_command)(const crawlhub_host* host, const crawlhub_command* command);
  /* A capability of hello that this plugin gives to crawlers that ask for it. */
  crawlhub_status (*add_capability)(const crawlhub_host* host, crawlhub_str name);
  /* A part of status, metrics or drain. fn: [pool], writes its text to sink once, may wait a little. */
  crawlhub_status (*add_section)(const crawlhub_host* host, uint32_t kind, crawlhub_str name,
                                 void (*fn)(void* self, crawlhub_sink sink, void* context));
  /* The instance's event function gets events whose name begins with prefix. */
  crawlhub_status (*subscribe)(const crawlhub_host* host, crawlhub_str prefix);

  /* ---- on a call: only while it lasts, in its lane [worker] ---- */

  /* Sends a message to the call's connection: the host writes {type, timestamp, jobId if given, data}. data: a JSON
   * object without a raw newline, checked. May be called again. Returns: OK, GONE, INVALID. */
  crawlhub_status (*reply)(crawlhub_call* call, crawlhub_str type, crawlhub_str job_id, crawlhub_str data);
  /* Why the function returns REFUSED (or that the message is refused, in a continuation). text is copied. */
  crawlhub_status (*fail)(crawlhub_call* call, int32_t code, crawlhub_str text);
  /* Copies ops into the storage queue. Their outcome is the message's: refused if one of them is, with its code and
   * text. Several submissions of one call are done in order. Returns: OK, GONE, INVALID; never BUSY on a message path
   * (the host stops reading the connection instead). */
  crawlhub_status (*submit)(crawlhub_call* call, const crawlhub_op* ops, uint64_t count);
  /* The same, and fn runs with the results. The message's outcome is then fn's: accepted unless it calls fail. */
  crawlhub_status (*submit_then)(crawlhub_call* call, const crawlhub_op* ops, uint64_t count,
                                 crawlhub_continuation fn, void* context);
  /* Keeps the call answerable after the function returned PENDING. Returns: a token, or 0 where the bound is met. */
  crawlhub_token (*defer)(crawlhub_call* call);
  /* The instance's own pointer on this connection, null at first. Give it back in disconnected. */
  void** (*slot)(crawlhub_call* call);
  /* Middleware, before: the whole message to go on with, and a tag that `after` sees on answers to it. text is copied,
   * and parsed again. Returns: OK, or INVALID where it is not a valid message. */
  crawlhub_status (*replace)(crawlhub_call* call, crawlhub_str text, uint32_t tag);

  /* ---- deferred calls [any] ---- */

  crawlhub_status (*token_reply)(const crawlhub_host* host, crawlhub_token token, crawlhub_str type, crawlhub_str job_id,
                                 crawlhub_str data);
  /* Ends it: code 0 accepted, else refused with text. Returns: OK, or GONE. */
  crawlhub_status (*complete)(const crawlhub_host* host, crawlhub_token token, int32_t code, crawlhub_str text);

  /* ---- commands [pool] ---- */

  crawlhub_status (*command_reply)(crawlhub_command_call* call, crawlhub_str json);
  crawlhub_status (*command_fail)(crawlhub_command_call* call, int32_t code, crawlhub_str text);

  /* ---- storage without a connection [pool]: these wait ---- */

  /* Commits ops and hands the results to fn before it returns. Returns: OK, FAILED (storage outage), BUSY. */
  crawlhub_status (*commit)(const crawlhub_host* host, const crawlhub_op* ops, uint64_t count, crawlhub_continuation fn,
                            void* context);
  /* Asks the storage. Also in start. Returns: OK; REFUSED or FAILED with the reason given to sink. */
  crawlhub_status (*query)(const crawlhub_host* host, uint32_t kind, crawlhub_str parameters, crawlhub_sink sink,
                           void* context);

  /* ---- anywhere [any] ---- */

  void (*log)(const crawlhub_host* host, int32_t level, crawlhub_str text);
  /* Whether the level is written: ask before building a costly text. */
  int32_t (*log_enabled)(const crawlhub_host* host, int32_t level);
  int64_t (*now_ns)(const crawlhub_host* host);       /* wall clock, since 1970 UTC */
  int64_t (*monotonic_ns)(const crawlhub_host* host); /* for durations */
  uint32_t (*lane_count)(const crawlhub_host* host);  /* fixed before create */
  uint32_t (*lane)(const crawlhub_host* host);        /* of the running call; lane_count() on a thread of the plugin's */
  uint32_t (*state)(const crawlhub_host* host);       /* CRAWLHUB_STATE_* */
  crawlhub_str (*hub_id)(const crawlhub_host* host);  /* stable over restarts; lives until destroy */
  crawlhub_str (*incarnation)(const crawlhub_host* host); /* new at each start; lives until destroy */
  crawlhub_str (*state_directory)(const crawlhub_host* host); /* for files of the plugin's; absolute */
  crawlhub_str (*config_directory)(const crawlhub_host* host); /* relative paths in a config start here; absolute */
  /* Publishes an event on the bus. json: an object. Copied. */
  void (*publish)(const crawlhub_host* host, crawlhub_str name, crawlhub_str json);
  void (*raise)(const crawlhub_host* host, const crawlhub_error* error);
  /* Sends a message to a connection (id), as reply does. Returns: OK (queued) or GONE. */
  crawlhub_status (*send)(const crawlhub_host* host, uint64_t connection, crawlhub_str type, crawlhub_str job_id,
                          crawlhub_str data);
  /* Closes a connection, told why. Returns: OK or GONE. */
  crawlhub_status (*close)(const crawlhub_host* host, uint64_t connection, int32_t code, crawlhub_str reason);
  /* fn runs in a pool lane each period until the instance stops. Not before start. Returns: OK, INVALID. */
  crawlhub_status (*every)(const crawlhub_host* host, int64_t period_ns, crawlhub_timer fn, void* context);
  /* Optional areas, by name ("crawlhub.thread-check/1"); null where the host does not know it. */
  const void* (*extension)(const crawlhub_host* host, crawlhub_str name);
};
