#include <crawlhub/abi/host.h>

static const crawlhub_host* the_host;

static void tell(const char* name, unsigned length) {
  the_host->publish(the_host, (crawlhub_str){name, length}, (crawlhub_str){"{}", 2});
}
static crawlhub_status noisy_create(const crawlhub_host* host, crawlhub_str config, void** self) {
  (void)config;
  the_host = host;
  *self = &the_host;
  return CRAWLHUB_OK;
}
static crawlhub_status fail_start(void* self) {
  (void)self;
  tell("test.start", 10);
  return CRAWLHUB_FAILED;
}
static void noisy_destroy(void* self) {
  (void)self;
  tell("test.destroy", 12);
}

#define BAD_CREATE noisy_create
#define BAD_START fail_start
#define BAD_DESTROY noisy_destroy
#include "base.h"
