/* The descriptor: the one symbol that a plugin exports. */
#pragma once

#include <crawlhub/abi/types.h>

/* kinds; bus and web are reserved numbers until a shipped plugin has used them */
#define CRAWLHUB_KIND_HANDLER 1
#define CRAWLHUB_KIND_MIDDLEWARE 2
#define CRAWLHUB_KIND_STORAGE 3
#define CRAWLHUB_KIND_NOTIFIER 4
#define CRAWLHUB_KIND_BUS 5
#define CRAWLHUB_KIND_WEB 6

/* flags of a descriptor */
#define CRAWLHUB_MAY_UNLOAD 1u /* holds nothing that would make dlclose unsafe: no thread-local objects with
                                  destructors, no threads after stop */

typedef struct crawlhub_plugin {
  uint32_t struct_size;
  uint16_t abi_major;        /* CRAWLHUB_ABI_MAJOR */
  uint16_t needs_host_minor; /* the lowest minor whose functions it cannot do without; written as a number */
  uint32_t kind;             /* CRAWLHUB_KIND_* */
  uint32_t flags;
  const char* name;          /* as in the YAML: kind-name, such as "handler-jobs" */
  const char* version;       /* the plugin's own, semver */
  const char* summary;       /* one sentence */
  const char* config_schema; /* JSON Schema of its config, an object; null: takes no config. Strings with format
                                "duration" or "size" are handed over as integers (nanoseconds, bytes); "x-env" names an
                                environment variable that overrides the key */
  const char* after;         /* middleware: name of the middleware that must stand before it, if that is loaded; may be null */
  const void* vtable;        /* crawlhub_handler, crawlhub_middleware, crawlhub_storage or crawlhub_notifier, by kind */
} crawlhub_plugin;

CRAWLHUB_EXPORT const crawlhub_plugin crawlhub_plugin_v1;
