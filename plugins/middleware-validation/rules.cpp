#include "rules.hpp"

namespace crawlhub::validation {
namespace {

using enum Shape;
using enum Need;

constexpr std::string_view kSystemStates[] = {"idle", "discovering", "processing", "error"};
constexpr std::string_view kStages[] = {"discovering", "fetching", "completed", "failed"};

constexpr Field kHeartbeat[] = {
    {"activeJobs", kCount, kRequiredNewer},
    {"totalProcessed", kNumber, kRequiredNewer},
    {"systemStatus", kWord, kRequired, kSystemStates},
    {"memoryUsage", kAny},
    {"uptime", kNumber},
    {"jobs", kTextList, kExtension},
};

constexpr Field kJobRequest[] = {{"limit", kCount, kExtension},
                                 {"entityTypes", kTextList, kExtension},
                                 {"waitSeconds", kCount, kExtension}};

constexpr Field kJobStarted[] = {{"entityType", kText}, {"entityId", kText}};

constexpr Field kJobProgress[] = {
    {"stage", kWord, kRequired, kStages},
    {"entityType", kEntityType, kRequiredNewer},
    {"processed", kCount, kRequired},
    {"total", kNumber},
    {"message", kText},
    {"resumeState", kResumeState},
    {"currentPage", kNumber},
    {"items", kNumber},
    {"itemCounts", kNumberMap},
    {"processingRate", kNumber},
    {"estimatedTimeRemaining", kNumber},
    {"progress", kEntityList, kOlder},
};

constexpr Field kJobCompleted[] = {
    {"success", kBoolean, kRequired},
    {"finalCounts", kNumberMap, kRequired},
    {"message", kText},
    {"outputFiles", kTextList},
};

constexpr Field kJobFailed[] = {
    {"error", kText, kRequired},   {"errorType", kText},    {"isRecoverable", kBoolean, kRequired},
    {"resumeState", kResumeState}, {"stackTrace", kText},   {"partialCounts", kNumberMap},
    {"requestDetails", kObject},   {"retryCount", kNumber}, {"context", kObject},
};

// Entries are judged one by one by handler-discovery, which takes the good ones.
constexpr Field kJobsDiscovered[] = {{"discovered_jobs", kList, kRequired}, {"discovery_summary", kObject}};

constexpr Field kDiscovery[] = {{"entityType", kEntityType, kRequired}, {"entities", kList, kRequired}};

constexpr Field kTokenRefreshRequest[] = {
    {"current_token_expired", kAny}, {"last_successful_request", kAny}, {"error_details", kAny}};

constexpr Rule kRules[] = {
    {"job_progress", true, kJobProgress},
    {"heartbeat", false, kHeartbeat},
    {"job_request", false, kJobRequest},
    {"job_started", true, kJobStarted},
    {"job_completed", true, kJobCompleted},
    {"job_failed", true, kJobFailed},
    {"jobs_discovered", true, kJobsDiscovered},
    {"discovery", false, kDiscovery},
    {"token_refresh_request", true, kTokenRefreshRequest},
};

constexpr std::string_view kEntityTypes[] = {
    "project", "group",           "user",  "issue", "merge_request",     "commit", "branch", "pipeline",
    "release", "groupMilestones", "epics", "jobs",  "mergeRequestNotes", "areas"};

}  // namespace

std::span<const Rule> rules() noexcept {
  return kRules;
}

std::span<const std::string_view> default_entity_types() noexcept {
  return kEntityTypes;
}

}  // namespace crawlhub::validation
