#include <crawlhub/abi/host.h>

static crawlhub_status fail_create(const crawlhub_host* host, crawlhub_str config, void** self) {
  (void)config, (void)self;
  const char text[] = "the flux is missing";
  host->log(host, CRAWLHUB_LOG_ERROR, (crawlhub_str){text, sizeof text - 1});
  return CRAWLHUB_FAILED;
}

#define BAD_CREATE fail_create
#include "base.h"
