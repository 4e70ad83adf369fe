#include "job_input.hpp"

#include <limits>

#include <crawlhub/iso_time.hpp>
#include <crawlhub/json.hpp>
#include <crawlhub/json_index.hpp>
#include <crawlhub/json_walk.hpp>

namespace crawlhub::jobs {
namespace {

struct TextField {
  std::string_view key;
  std::string JobInput::*field;
};

constexpr TextField kTexts[] = {
    {"entityType", &JobInput::entity_type}, {"entityId", &JobInput::entity_id},
    {"account", &JobInput::account},        {"provider", &JobInput::provider},
    {"gitlabUrl", &JobInput::url},          {"uniqueKey", &JobInput::unique_key},
    {"gitlabId", &JobInput::gitlab_id},     {"name", &JobInput::name},
    {"command", &JobInput::command},
};

std::string expected(std::string_view key, std::string_view what, Member member) {
  return join(key, ": expected ", what, ", got ", json_kind_name(member.kind()));
}

// True where key is one of the texts; error is set where it holds none.
bool read_text(Member member, JobInput& job, std::string& error) {
  for (const TextField& text : kTexts) {
    if (text.key != member.key()) continue;
    if (auto value = member.string()) {
      job.*text.field = *std::move(value);
    } else {
      error = expected(text.key, "a string", member);
    }
    return true;
  }
  return false;
}

std::string read_run_at(Member member, JobInput& job) {
  const auto text = member.string();
  const auto time = text ? parse_iso_time(*text) : std::nullopt;
  if (!time)
    return join("runAt: expected a time such as 2025-01-31T12:00:00Z, got ", member.raw().substr(0, 60));
  job.run_at_ns = *time;
  return {};
}

std::string read_priority(Member member, JobInput& job) {
  const auto number = member.integer();
  using Limits = std::numeric_limits<std::int32_t>;
  if (!number || *number < Limits::min() || *number > Limits::max()) {
    return join("priority: expected a whole number of 32 bits, got ", member.raw().substr(0, 60));
  }
  job.priority = static_cast<std::int32_t>(*number);
  return {};
}

std::string read_field(Member member, JobInput& job) {
  std::string error;
  if (read_text(member, job, error)) return error;
  if (member.key() == "runAt") return read_run_at(member, job);
  if (member.key() == "priority") return read_priority(member, job);
  if (member.key() == "data") {
    if (!member.is(CRAWLHUB_JSON_OBJECT)) return expected("data", "an object", member);
    job.data = member.raw();
    return {};
  }
  return join(member.key(), ": a job has no such field; see crawlhub jobs add --help");
}

}  // namespace

std::string read_job(std::string_view object, JobInput& job) {
  for (JsonWalk walk(object); walk.next();) {
    if (!walk.member().present()) continue;
    std::string error = read_field(walk.member(), job);
    if (!error.empty()) return error;
  }
  if (job.entity_type.empty())
    return "entityType: expected the type of what is to be crawled, but it is missing";
  if (job.account.empty()) return "account: expected the name of an account, but it is missing";
  if (job.entity_id.empty() && job.entity_type != "areas") {
    return join("entityId: expected the path of the ", job.entity_type, ", but it is missing");
  }
  return {};
}

std::string read_job_lines(std::string_view text, std::vector<JobInput>& jobs) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    // The host has checked the arguments, of which these lines are but a string.
    const auto json = parse_json(line);
    if (!json || !json->is_object()) return join("line ", number, ": expected a JSON object");
    std::string error = read_job(to_text(*json), jobs.emplace_back());
    if (!error.empty()) return join("line ", number, ": ", error);
  }
  return jobs.empty() ? "the file names no job" : "";
}

void add_job_op(OpBuilder& ops, const JobInput& job, std::string_view id, std::int64_t now_ns) {
  using Add = crawlhub_job_add;
  const auto op = ops.add<Add>(CRAWLHUB_OP_JOB_ADD, 0, id);
  op->priority = job.priority;
  op->now_ns = now_ns;
  op->run_at_ns = job.run_at_ns;
  op.text(&Add::entity_type, job.entity_type)
      .text(&Add::entity_id, job.entity_id)
      .text(&Add::account, job.account);
  op.text(&Add::provider, job.provider).text(&Add::url, job.url).text(&Add::unique_key, job.unique_key);
  op.text(&Add::gitlab_id, job.gitlab_id).text(&Add::name, job.name).text(&Add::command, job.command);
  op.text(&Add::data, job.data);
}

}  // namespace crawlhub::jobs
