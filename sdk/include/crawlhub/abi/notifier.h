/* A notifier: tells people about errors that passed the threshold. */
#pragma once

#include <crawlhub/abi/host.h>

#define CRAWLHUB_NOTICE_RAISED 1
#define CRAWLHUB_NOTICE_RECOVERED 2

typedef struct crawlhub_notice {
  uint32_t struct_size;
  uint32_t kind;      /* CRAWLHUB_NOTICE_* */
  uint64_t count;     /* errors of this kind since the last notice */
  int64_t first_ns, last_ns; /* wall clock */
  crawlhub_error error; /* the newest */
} crawlhub_notice;

typedef struct crawlhub_notifier {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /* create, start, stop, destroy, probe: as in crawlhub_handler. create, notify and destroy are required. */
  crawlhub_status (*create)(const crawlhub_host* host, crawlhub_str config, void** self);
  crawlhub_status (*start)(void* self);
  /* [pool] May wait; a slow one delays no message. Returns: OK, or FAILED after log(): it is tried again. */
  crawlhub_status (*notify)(void* self, const crawlhub_notice* notice);
  crawlhub_status (*stop)(void* self, int64_t deadline_ns);
  void (*destroy)(void* self);
  crawlhub_status (*probe)(void* self, crawlhub_sink sink, void* context);
} crawlhub_notifier;
