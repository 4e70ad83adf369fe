/* A storage that answers with whatever the key of the operation says. */
#include <string.h>

#include <crawlhub/abi/plugin.h>
#include <crawlhub/abi/storage.h>

static int state;

static crawlhub_status create(const crawlhub_host* host, crawlhub_str config, void** self) {
  (void)host, (void)config;
  *self = &state;
  return CRAWLHUB_OK;
}
static crawlhub_status start(void* self) {
  (void)self;
  return CRAWLHUB_OK;
}
static crawlhub_status stop(void* self, int64_t deadline_ns) {
  (void)self, (void)deadline_ns;
  return CRAWLHUB_OK;
}
static void destroy(void* self) {
  (void)self;
}

static int is(crawlhub_str text, const char* word) {
  return text.len == strlen(word) && memcmp(text.ptr, word, text.len) == 0;
}

static crawlhub_status commit(void* self, const crawlhub_op* ops, uint64_t count, uint64_t op_stride,
                              crawlhub_result* results, uint64_t result_stride) {
  (void)self;
  crawlhub_status status = CRAWLHUB_OK;
  for (uint64_t i = 0; i < count; ++i) {
    const crawlhub_op* op = (const crawlhub_op*)((const char*)ops + i * op_stride);
    crawlhub_result* result = (crawlhub_result*)((char*)results + i * result_stride);
    if (is(op->key, "good")) result->status = CRAWLHUB_RESULT_OK;
    if (is(op->key, "status")) result->status = 99;
    if (is(op->key, "body")) {
      result->status = CRAWLHUB_RESULT_OK;
      result->body_size = 100;
    }
    if (is(op->key, "full")) {
      result->status = CRAWLHUB_RESULT_FAILED;
      result->text = (crawlhub_str){"the disk is full", 16};
      status = CRAWLHUB_FAILED;
    }
    if (is(op->key, "odd")) status = 4711;
  }
  return status;
}

static crawlhub_status query(void* self, uint32_t lane, uint32_t kind, crawlhub_str parameters,
                             crawlhub_sink sink, void* context) {
  (void)self, (void)lane, (void)parameters;
  if (kind == 1) return CRAWLHUB_OK; /* and no answer */
  if (kind == 2) {
    sink(context, (crawlhub_str){"[1]", 3});
    sink(context, (crawlhub_str){"[2]", 3});
    return CRAWLHUB_OK;
  }
  if (kind == 3) {
    sink(context, (crawlhub_str){"no such cursor", 14});
    return CRAWLHUB_REFUSED;
  }
  return 4711;
}

static crawlhub_str durability(void* self) {
  (void)self;
  return (crawlhub_str){0, 0};
}

static const crawlhub_storage table = {.struct_size = sizeof(crawlhub_storage),
                                       .create = create,
                                       .start = start,
                                       .stop = stop,
                                       .destroy = destroy,
                                       .commit = commit,
                                       .query = query,
                                       .durability = durability};

const crawlhub_plugin crawlhub_plugin_v1 = {.struct_size = sizeof(crawlhub_plugin),
                                            .abi_major = CRAWLHUB_ABI_MAJOR,
                                            .kind = CRAWLHUB_KIND_STORAGE,
                                            .name = "storage-garbage",
                                            .version = "1.0.0",
                                            .vtable = &table};
