/* start returns only when the file named in the config exists: long after its deadline. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <crawlhub/abi/host.h>

static char file_name[4096];

static crawlhub_status note_file(const crawlhub_host* host, crawlhub_str config, void** self) {
  (void)host;
  if (config.len >= sizeof file_name) return CRAWLHUB_FAILED;
  memcpy(file_name, config.ptr, config.len);
  *self = file_name;
  return CRAWLHUB_OK;
}
static crawlhub_status hang(void* self) {
  (void)self;
  for (;;) {
    FILE* file = fopen(file_name, "r");
    if (file) {
      fclose(file);
      return CRAWLHUB_OK;
    }
    struct timespec a_little = {0, 1000000};
    nanosleep(&a_little, 0);
  }
}

#define BAD_CREATE note_file
#define BAD_START hang
#include "base.h"
