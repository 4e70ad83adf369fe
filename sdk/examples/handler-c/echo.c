/* Answers "echo_c" with "echo_c_reply": the text that it got. */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <crawlhub/abi/handler.h>
#include <crawlhub/abi/plugin.h>

/* One instance: an entry of the configuration. There may be several, so nothing of it is global. */
typedef struct echo {
  const crawlhub_host* host;
  atomic_uint_fast64_t answered; /* several connections are served at once */
  char member[64];               /* written in create only */
} echo;

#define TEXT(literal) ((crawlhub_str){literal, sizeof(literal) - 1})

static const char kConfigSchema[] =
    "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
    "\"member\":{\"type\":\"string\",\"default\":\"text\",\"pattern\":\"^[A-Za-z]{1,32}$\","
    "\"description\":\"The member of data that is sent back.\"}}}";

static int equal(crawlhub_str text, const char* other) {
  return text.len == strlen(other) && (text.len == 0 || memcmp(text.ptr, other, text.len) == 0);
}

/* The config has one member, a string without escapes (the schema's pattern sees to it): {"member":"text"}.
 */
static void read_config(crawlhub_str config, char* member, size_t size) {
  char text[256] = "";
  char found[64] = "";
  if (config.len < sizeof text) memcpy(text, config.ptr, config.len);
  const char* key = strstr(text, "\"member\"");
  const int read = key != NULL && sscanf(key, "\"member\" : \"%32[A-Za-z]\"", found) == 1;
  snprintf(member, size, "%s", read ? found : "text");
}

static crawlhub_status count_answered(void* self, crawlhub_command_call* call, crawlhub_str arguments) {
  echo* me = self;
  (void)arguments;
  char json[64];
  const int length =
      snprintf(json, sizeof json, "{\"answered\":%" PRIuFAST64 "}", atomic_load(&me->answered));
  return me->host->command_reply(call, (crawlhub_str){json, (uint64_t)length});
}

static crawlhub_status create(const crawlhub_host* host, crawlhub_str config, void** self) {
  echo* me = calloc(1, sizeof *me);
  if (me == NULL) {
    host->log(host, CRAWLHUB_LOG_ERROR, TEXT("no memory"));
    return CRAWLHUB_FAILED;
  }
  me->host = host;
  read_config(config, me->member, sizeof me->member);
  const crawlhub_command count = {.struct_size = sizeof count,
                                  .flags = CRAWLHUB_COMMAND_READ_ONLY,
                                  .name = TEXT("echo_c.count"),
                                  .summary = TEXT("How many messages were answered."),
                                  .role = TEXT("monitor"),
                                  .input = TEXT("{\"type\":\"object\"}"),
                                  .execute = count_answered};
  if (host->add_type(host, TEXT("echo_c"), 0, 0) != CRAWLHUB_OK ||
      host->add_command(host, &count) != CRAWLHUB_OK) {
    host->log(host, CRAWLHUB_LOG_ERROR, TEXT("cannot register echo_c"));
    free(me);
    return CRAWLHUB_FAILED;
  }
  *self = me;
  return CRAWLHUB_OK;
}

/* The member of data with that name, or null. Elements are member_stride apart, whatever size this header
 * knows. */
static const crawlhub_member* find(const crawlhub_message* message, const char* key) {
  const char* at = (const char*)message->members;
  for (uint32_t i = 0; i < message->member_count; ++i, at += message->member_stride) {
    const crawlhub_member* member = (const crawlhub_member*)at;
    if (equal(member->key, key)) return member;
  }
  return NULL;
}

static crawlhub_status handle(void* self, crawlhub_call* call, const crawlhub_message* message) {
  echo* me = self;
  const crawlhub_member* text = find(message, me->member);
  if (text == NULL || text->kind != CRAWLHUB_JSON_STRING) {
    char why[96];
    const int length = snprintf(why, sizeof why, "data.%s is missing, or is no string", me->member);
    me->host->fail(call, CRAWLHUB_E_MISSING_FIELD, (crawlhub_str){why, (uint64_t)length});
    return CRAWLHUB_REFUSED;
  }
  /* The value keeps its quotes and escapes: it goes out as it came in. */
  static const char kBegin[] = "{\"text\":";
  const uint64_t begin = sizeof kBegin - 1;
  const uint64_t length = begin + text->value.len + 1;
  char* json = malloc(length);
  if (json == NULL) {
    me->host->fail(call, CRAWLHUB_E_OUT_OF_MEMORY, TEXT("no memory for the answer"));
    return CRAWLHUB_REFUSED;
  }
  memcpy(json, kBegin, begin);
  memcpy(json + begin, text->value.ptr, text->value.len);
  json[length - 1] = '}';
  const crawlhub_status sent =
      me->host->reply(call, TEXT("echo_c_reply"), message->job_id, (crawlhub_str){json, length});
  free(json);
  if (sent == CRAWLHUB_INVALID) return CRAWLHUB_FAILED;
  atomic_fetch_add(&me->answered, 1);
  return CRAWLHUB_OK; /* also where the peer has gone: there is nobody to be told */
}

static void destroy(void* self) {
  free(self);
}

static const crawlhub_handler kHandler = {
    .struct_size = sizeof kHandler, .create = create, .handle = handle, .destroy = destroy};

const crawlhub_plugin crawlhub_plugin_v1 = {.struct_size = sizeof crawlhub_plugin_v1,
                                            .abi_major = CRAWLHUB_ABI_MAJOR,
                                            .needs_host_minor = 1,
                                            .kind = CRAWLHUB_KIND_HANDLER,
                                            .flags = CRAWLHUB_MAY_UNLOAD,
                                            .name = "handler-c",
                                            .version = "1.0.0",
                                            .summary = "Answers echo_c with the text that it got; in C.",
                                            .config_schema = kConfigSchema,
                                            .vtable = &kHandler};
