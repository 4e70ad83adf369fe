#include "report_fields.hpp"

#include <crawlhub/json_index.hpp>
#include <crawlhub/json_text.hpp>

namespace crawlhub::jobs {
namespace {

using Event = crawlhub_job_event;

void field(JsonText& json, std::string_view name, Member member) {
  json.raw_field(name, member ? member.raw() : "null");
}

// context {requestMethod, requestUrl, httpStatus, errorCode} in the shape of requestDetails.
void details_of_context(JsonText& json, Member context) {
  const JsonIndex fields(context.raw());
  json.key("requestDetails").begin_object();
  field(json, "method", fields.find("requestMethod"));
  field(json, "url", fields.find("requestUrl"));
  field(json, "status_code", fields.find("httpStatus"));
  if (const Member code = fields.find("errorCode")) field(json, "error_code", code);
  json.end_object();
}

}  // namespace

void fill_started(const OpBody<Event>& event, Members data) {
  event.text(&Event::entity_type, data.find("entityType"));
}

bool completed_well(Members data) {
  return data.find("success").boolean().value_or(true);
}

void fill_completed(const OpBody<Event>& event, Members data) {
  const Member counts = data.find("finalCounts");
  event.text(&Event::message, data.find("message"));
  if (!completed_well(data)) event.text(&Event::error, data.find("message"));
  JsonText detail;
  detail.begin_object().raw_field("finalCounts", counts ? counts.raw() : "{}");
  if (const Member files = data.find("outputFiles")) detail.raw_field("outputFiles", files.raw());
  event.text(&Event::detail, detail.end_object());
}

bool is_recoverable(Members data) {
  return data.find("isRecoverable").boolean().value_or(true);
}

void fill_failed(const OpBody<Event>& event, Members data, std::string_view context) {
  event.text(&Event::error, data.find("error"));
  event.text(&Event::error_type, data.find("errorType"));
  event.json(&Event::resume_state, data.find("resumeState"));
  event.json(&Event::item_counts, data.find("partialCounts"));
  event.text(&Event::detail, context);
}

std::string failure_context(Members data) {
  JsonText json;
  json.begin_object();
  for (const std::string_view key :
       {"errorType", "isRecoverable", "partialCounts", "resumeState", "retryCount"}) {
    field(json, key, data.find(key));
  }
  if (const Member details = data.find("requestDetails")) {
    json.raw_field("requestDetails", details.raw());
  } else if (const Member context = data.find("context")) {
    details_of_context(json, context);
  } else {
    json.key("requestDetails").null();
  }
  field(json, "stackTrace", data.find("stackTrace"));
  field(json, "rawError", data.find("error"));
  if (const Member suggestion = data.find("recovery_suggestion"))
    field(json, "recoverySuggestion", suggestion);
  return json.end_object().take();
}

}  // namespace crawlhub::jobs
