#include <crawlhub/abi/host.h>

static crawlhub_status empty_create(const crawlhub_host* host, crawlhub_str config, void** self) {
  (void)host, (void)config, (void)self;
  return CRAWLHUB_OK;
}

#define BAD_CREATE empty_create
#include "base.h"
