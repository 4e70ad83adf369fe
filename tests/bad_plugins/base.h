/* A handler that is right in everything but what the file that includes this defines differently before. */
#pragma once

#include <crawlhub/abi/handler.h>
#include <crawlhub/abi/plugin.h>

#ifndef BAD_NAME
#define BAD_NAME "handler-bad"
#endif
#ifndef BAD_MAJOR
#define BAD_MAJOR CRAWLHUB_ABI_MAJOR
#endif
#ifndef BAD_MINOR
#define BAD_MINOR 0
#endif
#ifndef BAD_SIZE
#define BAD_SIZE sizeof(crawlhub_plugin)
#endif
#ifndef BAD_TABLE_SIZE
#define BAD_TABLE_SIZE sizeof(crawlhub_handler)
#endif
#ifndef BAD_KIND
#define BAD_KIND CRAWLHUB_KIND_HANDLER
#endif
#ifndef BAD_SCHEMA
#define BAD_SCHEMA "{\"type\":\"object\"}"
#endif
#ifndef BAD_CREATE
#define BAD_CREATE base_create
#endif
#ifndef BAD_START
#define BAD_START base_start
#endif
#ifndef BAD_DESTROY
#define BAD_DESTROY base_destroy
#endif
#ifndef BAD_TABLE
#define BAD_TABLE &base_table
#endif

/* A file that replaces one of these does not use it. */
__attribute__((unused)) static int base_state;

__attribute__((unused)) static crawlhub_status base_create(const crawlhub_host* host, crawlhub_str config,
                                                           void** self) {
  (void)host, (void)config;
  *self = &base_state;
  return CRAWLHUB_OK;
}
__attribute__((unused)) static crawlhub_status base_start(void* self) {
  (void)self;
  return CRAWLHUB_OK;
}
__attribute__((unused)) static void base_destroy(void* self) {
  (void)self;
}

__attribute__((unused)) static const crawlhub_handler base_table = {
    .struct_size = BAD_TABLE_SIZE, .create = BAD_CREATE, .start = BAD_START, .destroy = BAD_DESTROY};

const crawlhub_plugin crawlhub_plugin_v1 = {.struct_size = BAD_SIZE,
                                            .abi_major = BAD_MAJOR,
                                            .needs_host_minor = BAD_MINOR,
                                            .kind = BAD_KIND,
                                            .name = BAD_NAME,
                                            .version = "1.0.0",
                                            .summary = "A plugin that is wrong in one way.",
                                            .config_schema = BAD_SCHEMA,
                                            .vtable = BAD_TABLE};
