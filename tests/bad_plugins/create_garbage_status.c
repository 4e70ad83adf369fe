#include <crawlhub/abi/host.h>

static crawlhub_status odd_create(const crawlhub_host* host, crawlhub_str config, void** self) {
  (void)host, (void)config, (void)self;
  return 12345;
}

#define BAD_CREATE odd_create
#include "base.h"
