// Records of the error log, and areas, as queries answer them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <crawlhub/abi/errors.h>
#include <crawlhub/json_text.hpp>
#include <crawlhub/storage_model/job_json.hpp>
#include <crawlhub/storage_model/page.hpp>

namespace crawlhub::storage_model {

inline std::string_view category_name(std::int32_t category) {
#define CRAWLHUB_CATEGORY_CASE(number, NAME, name) \
  case number:                                     \
    return #name;
  switch (category) {
    CRAWLHUB_CATEGORIES(CRAWLHUB_CATEGORY_CASE)
    default:
      return "internal";
  }
#undef CRAWLHUB_CATEGORY_CASE
}

inline std::string_view severity_name(std::int32_t severity) {
#define CRAWLHUB_SEVERITY_CASE(number, NAME, name) \
  case number:                                     \
    return #name;
  switch (severity) {
    CRAWLHUB_SEVERITIES(CRAWLHUB_SEVERITY_CASE)
    default:
      return "medium";
  }
#undef CRAWLHUB_SEVERITY_CASE
}

// What is wanted of the error log; numbers of the catalogue, 0: any.
struct ErrorFilter {
  std::int32_t category = 0, severity = 0;
  std::string job;

  explicit ErrorFilter(const Parameters& parameters) : job(parameters.text("jobId")) {
    const std::string category_text = parameters.text("category");
    const std::string severity_text = parameters.text("severity");
    for (std::int32_t number = CRAWLHUB_CATEGORY_INTERNAL; number > 0 && !category_text.empty(); --number) {
      if (category_name(number) == category_text) category = number;
    }
    for (std::int32_t number = CRAWLHUB_SEVERITY_CRITICAL; number > 0 && !severity_text.empty(); --number) {
      if (severity_name(number) == severity_text) severity = number;
    }
    // A name that does not exist matches nothing.
    if (!category_text.empty() && category == 0) category = -1;
    if (!severity_text.empty() && severity == 0) severity = -1;
  }
  bool wants(std::int32_t of_category, std::int32_t of_severity, std::string_view of_job) const {
    return (category == 0 || category == of_category) && (severity == 0 || severity == of_severity) &&
           (job.empty() || job == of_job);
  }
};

struct ShownError {
  std::string_view id;
  std::int32_t code, category, severity;
  std::int64_t time_ns;
  std::string_view message, details, stack, connection, job, crawler, account;
};

inline void add_error(JsonText& json, const ShownError& error) {
  json.begin_object().field("id", error.id).field("timestamp", iso_time(error.time_ns));
  json.field("category", category_name(error.category)).field("severity", severity_name(error.severity));
  json.field("code", error.code).field("message", error.message);
  detail::add_json(json, "details", error.details);
  detail::add_text(json, "stack", error.stack);
  detail::add_text(json, "connectionId", error.connection);
  detail::add_text(json, "jobId", error.job);
  detail::add_text(json, "crawlerId", error.crawler);
  detail::add_text(json, "accountId", error.account);
  json.end_object();
}

struct ShownArea {
  std::string_view full_path, gitlab_id, type, name, parent_id;
  std::int64_t accounts;
  std::int64_t created_ns;
};

inline void add_area(JsonText& json, const ShownArea& area) {
  json.begin_object()
      .field("fullPath", area.full_path)
      .field("gitlabId", area.gitlab_id)
      .field("type", area.type);
  detail::add_text(json, "name", area.name);
  detail::add_text(json, "parentId", area.parent_id);
  json.field("accounts", area.accounts).field("createdAt", iso_time(area.created_ns)).end_object();
}

}  // namespace crawlhub::storage_model
