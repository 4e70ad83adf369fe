#include "data.hpp"

#include <initializer_list>
#include <map>
#include <string>

#include <crawlhub/json_index.hpp>
#include <crawlhub/json_walk.hpp>

namespace crawlhub::compatibility {
namespace {

constexpr std::string_view kHeartbeatKeys[] = {"active_jobs", "last_activity", "system_status"};
constexpr std::string_view kStartedKeys[] = {"job_type", "entity_type", "namespace_path",
                                             "estimated_duration"};
constexpr std::string_view kProgressKeys[] = {"progress", "overall_completion", "time_elapsed",
                                              "estimated_time_remaining"};
constexpr std::string_view kCompletedKeys[] = {"job_type", "final_counts", "total_duration", "output_files",
                                               "summary"};
constexpr std::string_view kFailedKeys[] = {"job_type", "error_context", "partial_results",
                                            "recovery_suggestion"};

// Copies every member but those named.
void copy_but(Members data, std::initializer_list<std::string_view> taken, JsonText& out) {
  for (const Member member : data) {
    bool copied = true;
    for (const std::string_view key : taken) copied &= member.key() != key;
    if (copied && member.present()) out.raw_field(member.key(), member.raw());
  }
}

// Appends value under the newer name, unless data has that one too.
void rename(Members data, Member value, std::string_view newer, JsonText& out) {
  if (value && !data.find(newer)) out.raw_field(newer, value.raw());
}

// The number of one kind in an entry of a list, 0 where it has none.
double count(const JsonIndex& entry, std::string_view key) {
  return entry.find(key).number().value_or(0);
}

// {entity_type: total_processed}: the newer form of a list of entities. An object is in that form already.
void write_counts(Members data, Member counts, std::string_view newer, JsonText& out) {
  if (!counts || data.find(newer)) return;
  if (!counts.is(CRAWLHUB_JSON_ARRAY)) {
    out.raw_field(newer, counts.raw());
    return;
  }
  std::map<std::string, double> sums;
  for (JsonWalk walk(counts.raw()); walk.next();) {
    const JsonIndex entry(walk.member().raw());
    if (const auto name = entry.find("entity_type").string()) sums[*name] += count(entry, "total_processed");
  }
  out.key(newer).begin_object();
  for (const auto& [name, sum] : sums) out.field(name, sum);
  out.end_object();
}

void write_heartbeat(Members data, JsonText& out) {
  copy_but(data, {"active_jobs", "system_status"}, out);
  rename(data, data.find("active_jobs"), "activeJobs", out);
  const Member status = data.find("system_status");
  if (status.raw() == "\"crawling\"" && !data.find("systemStatus")) {
    out.field("systemStatus", "processing");
  } else {
    rename(data, status, "systemStatus", out);
  }
}

void write_started(Members data, JsonText& out) {
  copy_but(data, {"entity_type", "namespace_path"}, out);
  const Member entity_type = data.find("entity_type");
  rename(data, entity_type ? entity_type : data.find("job_type"), "entityType", out);
  rename(data, data.find("namespace_path"), "entityId", out);
}

// What a list of entities says about the whole job.
struct Sums {
  double processed = 0, total = 0;
  bool has_total = false;
  std::string current;  // the entity being worked on: the first unfinished one, else the last
};

void add_entry(Sums& sums, const JsonIndex& entry, bool& unfinished) {
  const double processed = count(entry, "total_processed");
  const double total = count(entry, "total_discovered");
  sums.processed += processed;
  sums.total += total;
  sums.has_total |= entry.find("total_discovered").present();
  if (unfinished) return;
  sums.current = entry.find("entity_type").string().value_or("");
  unfinished = processed < total;
}

void write_progress(Members data, JsonText& out) {
  copy_but(data, {"estimated_time_remaining"}, out);
  Sums sums;
  bool unfinished = false;
  for (JsonWalk walk(data.find("progress").raw()); walk.next();) {
    add_entry(sums, JsonIndex(walk.member().raw()), unfinished);
  }
  if (!data.find("stage")) out.field("stage", "fetching");
  if (!data.find("entityType") && !sums.current.empty()) out.field("entityType", sums.current);
  if (!data.find("processed")) out.field("processed", sums.processed);
  if (!data.find("total") && sums.has_total) out.field("total", sums.total);
  const auto remaining = data.find("estimated_time_remaining").number();
  if (remaining && !data.find("estimatedTimeRemaining"))
    out.field("estimatedTimeRemaining", *remaining / 1000);
}

void write_completed(Members data, JsonText& out) {
  const Member summary = data.find("summary");
  const bool speaks = summary.is(CRAWLHUB_JSON_STRING) && !data.find("message");
  copy_but(data, {"final_counts", "output_files", speaks ? "summary" : ""}, out);
  if (!data.find("success")) out.field("success", true);
  write_counts(data, data.find("final_counts"), "finalCounts", out);
  rename(data, data.find("output_files"), "outputFiles", out);
  if (speaks) out.raw_field("message", summary.raw());
}

void write_failed(Members data, JsonText& out) {
  copy_but(data, {"error_context", "partial_results"}, out);
  const Member context = data.find("error_context");
  const JsonIndex fields(context.raw());
  rename(data, fields.find("error_message"), "error", out);
  rename(data, fields.find("error_type"), "errorType", out);
  rename(data, fields.find("stack_trace"), "stackTrace", out);
  rename(data, fields.find("request_details"), "requestDetails", out);
  rename(data, fields.find("retry_count"), "retryCount", out);
  rename(data, fields.find("is_recoverable"), "isRecoverable", out);
  if (!fields.find("retry_count") && !data.find("retryCount")) out.field("retryCount", 0);
  if (!fields.find("is_recoverable") && !data.find("isRecoverable")) out.field("isRecoverable", true);
  write_counts(data, data.find("partial_results"), "partialCounts", out);
}

constexpr OlderType kTypes[] = {
    {"job_progress", kProgressKeys, write_progress}, {"heartbeat", kHeartbeatKeys, write_heartbeat},
    {"job_started", kStartedKeys, write_started},    {"job_completed", kCompletedKeys, write_completed},
    {"job_failed", kFailedKeys, write_failed},
};

}  // namespace

std::span<const OlderType> older_types() noexcept {
  return kTypes;
}

}  // namespace crawlhub::compatibility
