/* The layout of the ABI is what layout.inc says, number by number; in C and in C++, by every compiler. */
#include <crawlhub/abi/errors.h>
#include <crawlhub/abi/handler.h>
#include <crawlhub/abi/host.h>
#include <crawlhub/abi/job_rules.h>
#include <crawlhub/abi/message.h>
#include <crawlhub/abi/middleware.h>
#include <crawlhub/abi/notifier.h>
#include <crawlhub/abi/plugin.h>
#include <crawlhub/abi/storage.h>
#include <crawlhub/abi/storage_ops.h>
#include <crawlhub/abi/types.h>

#ifdef __cplusplus
#define CHECK(condition, text) static_assert(condition, text)
#else
#define CHECK(condition, text) _Static_assert(condition, text)
#endif
#define STRUCT(T, size) CHECK(sizeof(T) == size, #T " is not " #size " bytes long");
#define FIELD(T, field, offset) CHECK(offsetof(T, field) == offset, #T "." #field " is not at " #offset);
#include "layout.inc"

/* Numbers that are stored, sent or compared: they never change either. */
CHECK(CRAWLHUB_OK == 0 && CRAWLHUB_DECLINED == 1 && CRAWLHUB_REFUSED == 2 && CRAWLHUB_PENDING == 3, "status");
CHECK(CRAWLHUB_REPLACED == 4 && CRAWLHUB_FAILED == -1 && CRAWLHUB_GONE == -2 && CRAWLHUB_INVALID == -3,
      "status");
CHECK(CRAWLHUB_BUSY == -4, "status");
CHECK(CRAWLHUB_KIND_HANDLER == 1 && CRAWLHUB_KIND_MIDDLEWARE == 2 && CRAWLHUB_KIND_STORAGE == 3, "kind");
CHECK(CRAWLHUB_KIND_NOTIFIER == 4, "kind");
CHECK(CRAWLHUB_JSON_NULL == 1 && CRAWLHUB_JSON_OBJECT == 6, "JSON kind");
CHECK(CRAWLHUB_JOB_QUEUED == 1 && CRAWLHUB_JOB_CANCELLED == 10, "job state");
CHECK(CRAWLHUB_E_CONNECTION_LOST == 101 && CRAWLHUB_E_DRAINING == 1204, "error");
