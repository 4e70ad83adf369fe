/* What a plugin sees of a connection and of a message. */
#pragma once

#include <crawlhub/abi/types.h>

/* Kinds of a JSON value in an index. */
#define CRAWLHUB_JSON_NULL 1
#define CRAWLHUB_JSON_BOOL 2
#define CRAWLHUB_JSON_NUMBER 3
#define CRAWLHUB_JSON_STRING 4
#define CRAWLHUB_JSON_ARRAY 5
#define CRAWLHUB_JSON_OBJECT 6

/* One member of an object. key is unescaped. value is the member's raw JSON text, valid, without surrounding white
 * space; a string keeps its quotes and escapes. At least 64 readable bytes follow every text (simdjson's padding). */
typedef struct crawlhub_member {
  crawlhub_str key;
  crawlhub_str value;
  uint32_t kind; /* CRAWLHUB_JSON_* */
  uint32_t reserved;
} crawlhub_member;

/* flags of crawlhub_connection */
#define CRAWLHUB_CONNECTION_HELLO 1u    /* said hello */
#define CRAWLHUB_CONNECTION_ACKS 2u     /* was granted acks */
#define CRAWLHUB_CONNECTION_ERRORS 4u   /* was granted errors */
#define CRAWLHUB_CONNECTION_LEASES 8u   /* was granted leases */
#define CRAWLHUB_CONNECTION_PUSH 16u    /* was granted push */
#define CRAWLHUB_CONNECTION_CONTROL 32u /* was granted control */

/* A connection, as it stands at the call. */
typedef struct crawlhub_connection {
  uint32_t struct_size;
  uint32_t flags;              /* CRAWLHUB_CONNECTION_* */
  uint64_t id;                 /* unique in this process, never reused, never 0 */
  crawlhub_str name;           /* the id as text, as logs, events and the command line show it: "c17" */
  crawlhub_str crawler_id;     /* of its hello; empty where it said none */
  uint32_t max_concurrent_jobs; /* of its hello; 0: no limit */
  uint32_t lane;               /* the lane of this call; see host.h */
  int64_t unread_ns;           /* how long in all the hub has not read it (backpressure): lease clocks subtract it */
} crawlhub_connection;

/* flags of crawlhub_message */
#define CRAWLHUB_MESSAGE_SEQ 1u      /* seq was given */
#define CRAWLHUB_MESSAGE_LEASE 2u    /* lease was given */
#define CRAWLHUB_MESSAGE_TIME 4u     /* timestamp was given, readable and plausible; else time_ns is the hub's clock */
#define CRAWLHUB_MESSAGE_REPLACED 8u /* a middleware replaced the text */

/* A message, parsed once by the host. Lives: until the function that got it returns, and for an observer until
 * observe returns. */
typedef struct crawlhub_message {
  uint32_t struct_size;
  uint32_t flags;          /* CRAWLHUB_MESSAGE_* */
  uint32_t route;          /* the number that this instance gave to add_type for this type; 0 for middleware */
  uint32_t member_stride;  /* bytes from one member to the next */
  uint32_t member_count;   /* members of data, in order */
  uint32_t extra_count;    /* members of the envelope other than its own five fields and data */
  const crawlhub_member* members;
  const crawlhub_member* extras; /* same stride */
  crawlhub_str text;       /* the whole message */
  crawlhub_str type;       /* unescaped */
  crawlhub_str job_id;     /* unescaped; empty where absent */
  crawlhub_str timestamp;  /* unescaped; empty where absent */
  crawlhub_str data;       /* raw JSON text of data, an object; "{}" where absent */
  uint64_t seq;
  uint64_t lease;
  int64_t time_ns;         /* the timestamp, nanoseconds since 1970 UTC */
  const crawlhub_connection* connection;
} crawlhub_message;
