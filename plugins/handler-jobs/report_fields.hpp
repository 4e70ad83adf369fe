// The fields of a crawler's reports but for progress (progress_fields.hpp), put into operations.
#pragma once

#include <string>

#include <crawlhub/message.hpp>
#include <crawlhub/ops.hpp>

namespace crawlhub::jobs {

void fill_started(const OpBody<crawlhub_job_event>& event, Members data);
// Returns whether it was with success.
bool completed_well(Members data);
void fill_completed(const OpBody<crawlhub_job_event>& event, Members data);
bool is_recoverable(Members data);
// context: what failure_context made of the same data.
void fill_failed(const OpBody<crawlhub_job_event>& event, Members data, std::string_view context);

// What is kept of a failure, a JSON object: errorType, isRecoverable, partialCounts, resumeState, retryCount,
// requestDetails (made from `context` where it is absent), stackTrace and rawError; null for what was not
// given.
std::string failure_context(Members data);

}  // namespace crawlhub::jobs
