/* The one that is right: it registers one of everything, and tells its life as events. */
#include <stdlib.h>
#include <string.h>

#include <crawlhub/abi/handler.h>
#include <crawlhub/abi/plugin.h>

typedef struct good {
  const crawlhub_host* host;
  crawlhub_call* kept; /* of the last handle: used when it is over */
} good;

static crawlhub_str text(const char* from) {
  return (crawlhub_str){from, strlen(from)};
}

static void tell(const good* self, const char* name) {
  self->host->publish(self->host, text(name), text("{}"));
}

static crawlhub_status echo(void* self, crawlhub_command_call* call, crawlhub_str arguments) {
  return ((good*)self)->host->command_reply(call, arguments);
}
static crawlhub_status refuse(void* self, crawlhub_command_call* call, crawlhub_str arguments) {
  (void)arguments;
  ((good*)self)->host->command_fail(call, CRAWLHUB_E_NOT_FOUND, text("there is no such thing"));
  return CRAWLHUB_REFUSED;
}
static crawlhub_status garbage(void* self, crawlhub_command_call* call, crawlhub_str arguments) {
  (void)arguments;
  ((good*)self)->host->command_reply(call, text("{} trailing"));
  return CRAWLHUB_OK;
}
static crawlhub_status silent(void* self, crawlhub_command_call* call, crawlhub_str arguments) {
  (void)self, (void)call, (void)arguments;
  return CRAWLHUB_OK;
}
static crawlhub_status broken(void* self, crawlhub_command_call* call, crawlhub_str arguments) {
  (void)self, (void)call, (void)arguments;
  return CRAWLHUB_FAILED;
}
/* Answers on a call that is over. */
static crawlhub_status late(void* self, crawlhub_command_call* call, crawlhub_str arguments) {
  (void)arguments;
  good* me = self;
  const crawlhub_status status = me->host->reply(me->kept, text("pong"), text(""), text("{}"));
  return me->host->command_reply(call, status == CRAWLHUB_INVALID ? text("\"refused\"") : text("\"taken\""));
}

static void add_command(const crawlhub_host* host, const char* name, const char* input,
                        crawlhub_status (*execute)(void*, crawlhub_command_call*, crawlhub_str)) {
  const crawlhub_command command = {.struct_size = sizeof command,
                                    .flags = CRAWLHUB_COMMAND_READ_ONLY,
                                    .name = text(name),
                                    .summary = text("A command of the test."),
                                    .role = text("monitor"),
                                    .input = text(input),
                                    .execute = execute};
  host->add_command(host, &command);
}

static void status_section(void* self, crawlhub_sink sink, void* context) {
  (void)self;
  sink(context, text("{\"answer\":"));
  sink(context, text("42}"));
}
static void broken_section(void* self, crawlhub_sink sink, void* context) {
  (void)self;
  sink(context, text("many"));
}

static crawlhub_status create(const crawlhub_host* host, crawlhub_str config, void** self) {
  (void)config;
  good* me = calloc(1, sizeof *me);
  if (!me) return CRAWLHUB_FAILED;
  me->host = host;
  host->add_type(host, text("ping"), 0, 7);
  host->add_type(host, text("seen"), CRAWLHUB_TYPE_OBSERVE, 0); /* refused: observe is null */
  host->add_type(host, text("ping"), 0, 8);                     /* refused: twice */
  host->add_capability(host, text("leases"));
  host->subscribe(host, text("job."));
  host->add_section(host, CRAWLHUB_SECTION_STATUS, text("good"), status_section);
  host->add_section(host, CRAWLHUB_SECTION_DRAIN, text("broken"), broken_section);
  add_command(host, "good.echo",
              "{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"}},\"required\":[\"text\"]}",
              echo);
  add_command(host, "good.refuse", "", refuse);
  add_command(host, "good.garbage", "", garbage);
  add_command(host, "good.silent", "", silent);
  add_command(host, "good.broken", "", broken);
  add_command(host, "good.late", "", late);
  add_command(host, "good.no-schema", "[]", echo); /* refused */
  *self = me;
  tell(me, "life.create");
  return CRAWLHUB_OK;
}
static crawlhub_status start(void* self) {
  good* me = self;
  const crawlhub_status status = me->host->add_type(me->host, text("too-late"), 0, 9);
  tell(self, status == CRAWLHUB_INVALID ? "life.start" : "life.registered-late");
  return CRAWLHUB_OK;
}
static crawlhub_status handle(void* self, crawlhub_call* call, const crawlhub_message* message) {
  good* me = self;
  me->kept = call;
  /* commit waits, so that it is refused on a worker */
  const crawlhub_op op = {.struct_size = sizeof op, .kind = 1, .key = text("k")};
  (void)me->host->submit(call, &op, 1);
  return me->host->reply(call, text("pong"), message->job_id, message->data);
}
static void event(void* self, crawlhub_str name, crawlhub_str json) {
  (void)name, (void)json;
  tell(self, "life.event");
}
static crawlhub_status stop(void* self, int64_t deadline_ns) {
  good* me = self;
  tell(self, deadline_ns > me->host->monotonic_ns(me->host) ? "life.stop" : "life.stop-late");
  return CRAWLHUB_OK;
}
static void destroy(void* self) {
  tell(self, "life.destroy");
  free(self);
}
static crawlhub_status probe(void* self, crawlhub_sink sink, void* context) {
  (void)self;
  sink(context, text("one migration is pending"));
  return CRAWLHUB_OK;
}

static const crawlhub_handler table = {.struct_size = sizeof(crawlhub_handler),
                                       .create = create,
                                       .start = start,
                                       .handle = handle,
                                       .event = event,
                                       .stop = stop,
                                       .destroy = destroy,
                                       .probe = probe};

const crawlhub_plugin crawlhub_plugin_v1 = {.struct_size = sizeof(crawlhub_plugin),
                                            .abi_major = CRAWLHUB_ABI_MAJOR,
                                            .kind = CRAWLHUB_KIND_HANDLER,
                                            .name = "handler-good",
                                            .version = "1.2.3",
                                            .summary = "A plugin that is right.",
                                            .vtable = &table};
