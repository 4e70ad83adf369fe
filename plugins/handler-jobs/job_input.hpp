// A job as an operator gives it to jobs.add.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/ops.hpp>

namespace crawlhub::jobs {

struct JobInput {
  std::string entity_type, entity_id, account, provider, url, unique_key, gitlab_id, name, command;
  std::string data;  // JSON object, or empty
  std::int32_t priority = 1;
  std::int64_t run_at_ns = 0;  // 0: at once
};

// Reads one from a JSON object with the fields of jobs.add. Returns what is wrong, in one sentence, or
// nothing.
std::string read_job(std::string_view object, JobInput& job);
// Reads one a line; blank lines are skipped. A sentence begins with the line's number.
std::string read_job_lines(std::string_view text, std::vector<JobInput>& jobs);

void add_job_op(OpBuilder& ops, const JobInput& job, std::string_view id, std::int64_t now_ns);

}  // namespace crawlhub::jobs
