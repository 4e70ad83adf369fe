#include "events.hpp"

#include <crawlhub/abi/storage_ops.h>
#include <crawlhub/iso_time.hpp>
#include <crawlhub/json_index.hpp>

namespace crawlhub::jobs {
namespace {

void field_if(JsonText& json, std::string_view name, std::string_view text) {
  if (!text.empty()) json.field(name, text);
}

void raw_or_null(JsonText& json, std::string_view name, Member member) {
  json.raw_field(name, member ? member.raw() : "null");
}

}  // namespace

std::string_view state_name(std::uint32_t state) noexcept {
  switch (state) {
#define CRAWLHUB_STATE_NAME(number, NAME, name) \
  case CRAWLHUB_JOB_##NAME:                     \
    return #name;
    CRAWLHUB_JOB_STATES(CRAWLHUB_STATE_NAME)
#undef CRAWLHUB_STATE_NAME
    default:
      return "unknown";
  }
}

void publish_state(const Host& host, const StateChange& change) {
  JsonText json;
  json.begin_object().field("jobId", change.job).field("state", state_name(change.to));
  if (change.from != 0) json.field("previous", state_name(change.from));
  field_if(json, "entityType", change.entity_type);
  field_if(json, "entityId", change.entity_id);
  field_if(json, "account", change.account);
  field_if(json, "connectionId", change.connection);
  field_if(json, "crawlerId", change.crawler);
  if (change.attempts != 0) json.field("attempts", change.attempts);
  field_if(json, "reason", change.reason);
  json.field("timestamp", iso_time(host.now_ns())).end_object();
  host.publish("job.state_changed", json);
}

void publish_state(const Host& host, const Body<crawlhub_job>& job, std::string_view connection,
                   std::string_view reason) {
  if (!job.valid() || (job->state == job->state_before && job->revived == 0)) return;
  publish_state(host, {job.text(job->id), connection, job.text(job->crawler), job->state_before, job->state,
                       job.text(job->entity_type), job.text(job->entity_id), job.text(job->account),
                       job->attempts, reason});
}

void publish_update(const Host& host, std::string_view action, std::string_view job,
                    std::string_view connection, std::string_view data) {
  JsonText json;
  json.begin_object().field("action", action).field("jobId", job).field("connectionId", connection);
  json.field("timestamp", iso_time(host.now_ns()));
  if (action == "started") {
    const JsonIndex fields(data);
    for (const std::string_view key : {"entityType", "entityId"}) {
      if (const Member member = fields.find(key)) json.raw_field(key, member.raw());
    }
  } else {
    json.raw_field(action == "completed" ? "result" : "error", data);
  }
  json.end_object();
  host.publish("job.update", json);
}

void publish_failure(const Host& host, std::int64_t at_ns, std::string_view job, std::string_view connection,
                     std::string_view data, std::string_view context) {
  const JsonIndex fields(data);
  JsonText json;
  json.begin_object().field("jobId", job);
  json.field("taskType", fields.find("errorType").string().value_or("unknown"));
  raw_or_null(json, "error", fields.find("error"));
  json.field("timestamp", iso_time(at_ns)).field("connectionId", connection);
  raw_or_null(json, "isRecoverable", fields.find("isRecoverable"));
  raw_or_null(json, "stackTrace", fields.find("stackTrace"));
  json.raw_field("context", context).end_object();
  host.publish("job.failure", json);
}

}  // namespace crawlhub::jobs
