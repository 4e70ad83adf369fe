/* Basic types of the plugin ABI. C11 and C++20; see docs/abi.md for the rules and the policy.
 *
 * Rules that hold for every declaration under abi/:
 *  - Fixed-width integers only. No bool, enum field, bit field or union crosses. Zero is no valid kind or state; status
 *    0 is OK. Times are int64_t nanoseconds, with the unit in the name.
 *  - Memory: what you are given lives until you return; what must live longer you copy; who allocates frees.
 *  - Every struct begins with its size as its sender knows it; read fields that came later through CRAWLHUB_HAS.
 *  - Nothing may throw through a function of this ABI.
 *  - Thread tags: [control] life cycle, one call at a time per instance; [worker] a connection's own thread, must not
 *    wait; [writer] the storage writer; [reader] a storage reader; [pool] a thread that may wait; [any] all of these.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define CRAWLHUB_EXTERN_C extern "C"
#else
#define CRAWLHUB_EXTERN_C extern
#endif

/* A plugin exports one symbol, its descriptor, and nothing else. */
#define CRAWLHUB_EXPORT CRAWLHUB_EXTERN_C __attribute__((visibility("default")))

/* 0 until hot reload is delivered: host and plugin must then agree exactly. */
#define CRAWLHUB_ABI_MAJOR 0
#define CRAWLHUB_ABI_MINOR 1

/* Whether the struct at p (of type T), as its sender filled it, reaches field f and f is not zero. */
#define CRAWLHUB_HAS(p, T, f) ((p)->struct_size >= offsetof(T, f) + sizeof(((T*)0)->f) && (p)->f)

/* Text: UTF-8, not terminated. ptr may be null where len is 0. */
typedef struct crawlhub_str {
  const char* ptr;
  uint64_t len;
} crawlhub_str;

/* Takes text that the callee hands over; the text lives until the sink returns. */
typedef void (*crawlhub_sink)(void* context, crawlhub_str text);

/* Returned by plugin functions and by host functions. */
typedef int32_t crawlhub_status;
#define CRAWLHUB_OK 0       /* done */
#define CRAWLHUB_DECLINED 1 /* not mine: the next handler by priority is asked */
#define CRAWLHUB_REFUSED 2  /* refused; the reason was given with fail() */
#define CRAWLHUB_PENDING 3  /* taken; the outcome follows from submit() or complete() */
#define CRAWLHUB_REPLACED 4 /* middleware: go on with the message given to replace() */
#define CRAWLHUB_FAILED (-1)  /* something is wrong; the reason was given with fail() or log() */
#define CRAWLHUB_GONE (-2)    /* the token, call or connection no longer exists */
#define CRAWLHUB_INVALID (-3) /* an argument breaks this header's rules; nothing was done */
#define CRAWLHUB_BUSY (-4)    /* a bound was met; nothing was done; try again later */

/* Levels of log(). */
#define CRAWLHUB_LOG_TRACE 1
#define CRAWLHUB_LOG_DEBUG 2
#define CRAWLHUB_LOG_INFO 3
#define CRAWLHUB_LOG_WARN 4
#define CRAWLHUB_LOG_ERROR 5
