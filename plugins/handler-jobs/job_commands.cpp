// The commands jobs.add, jobs.list, jobs.counts, jobs.show, jobs.cancel and jobs.retry.
#include <algorithm>

#include <crawlhub/json_index.hpp>
#include <crawlhub/json_walk.hpp>

#include "events.hpp"
#include "job_schemas.hpp"
#include "jobs_handler.hpp"

namespace crawlhub::jobs {
namespace {

constexpr std::size_t kAtOnce = 1000;  // operations of one commit

// What came of one jobs.add: the job's id, new or old.
struct Added {
  std::string id;
  bool existed = false;
};

void write_added(JsonText& json, const Added& added) {
  json.begin_object().field("id", added.id);
  if (added.existed) json.field("existed", true);
  json.end_object();
}

void write_all(JsonText& json, const std::vector<Added>& all) {
  const auto existed =
      std::count_if(all.begin(), all.end(), [](const Added& added) { return added.existed; });
  json.begin_object()
      .field("added", all.size() - static_cast<std::size_t>(existed))
      .field("existed", existed);
  json.key("jobs").begin_array();
  for (const Added& added : all) write_added(json, added);
  json.end_array().end_object();
}

// Jobs given as a list or as a file; nothing where the arguments are one job themselves.
std::string read_many(const JsonIndex& fields, std::vector<JobInput>& jobs) {
  if (const auto file = fields.find("file").string()) return read_job_lines(*file, jobs);
  std::size_t number = 0;
  for (JsonWalk walk(fields.find("jobs").raw()); walk.next(); ++number) {
    std::string error = read_job(walk.member().raw(), jobs.emplace_back());
    if (!error.empty()) return join("jobs[", number, "].", error);
  }
  return jobs.empty() ? "jobs: the list names no job" : "";
}

}  // namespace

Outcome JobsHandler::register_job_commands() {
  const auto spec = [](const char* name, const char* summary, const char* input, const char* columns,
                       bool reads) {
    return CommandSpec{.name = name,
                       .summary = summary,
                       .role = reads ? "monitor" : "admin",
                       .input = input,
                       .columns = columns,
                       .read_only = reads};
  };
  return first_failure({
      host().add_command<&JobsHandler::jobs_add>(
          spec("jobs.add", "Queues a job, or many.", kAddInput, "", false)),
      host().add_command<&JobsHandler::jobs_list>(
          spec("jobs.list", "Lists jobs, newest first.", kListInput, kListColumns, true)),
      host().add_command<&JobsHandler::jobs_counts>(spec("jobs.counts",
                                                         "Counts jobs and what they crawled, by entity type.",
                                                         kNoInput, kCountColumns, true)),
      host().add_command<&JobsHandler::jobs_show>(spec("jobs.show", "Shows a job.", kIdInput, "", true)),
      host().add_command<&JobsHandler::jobs_cancel>(
          spec("jobs.cancel", "Cancels a job that has not ended.", kIdInput, "", false)),
      host().add_command<&JobsHandler::jobs_retry>(
          spec("jobs.retry", "Queues a job that failed or was cancelled again, with all its attempts.",
               kIdInput, "", false)),
  });
}

Outcome JobsHandler::jobs_add(CommandCall& call, std::string_view arguments) {
  const JsonIndex fields(arguments);
  const bool many = fields.find("file").present() || fields.find("jobs").present();
  std::vector<JobInput> jobs;
  const std::string error = many ? read_many(fields, jobs) : read_job(arguments, jobs.emplace_back());
  if (!error.empty()) return call.fail(CRAWLHUB_E_BAD_ARGUMENT, error);
  if (!has_room(call, jobs.size())) return Outcome::kRefused;
  return add_jobs(call, jobs, many);
}

bool JobsHandler::has_room(CommandCall& call, std::size_t more) const {
  if (config_.queue_limit == 0) return true;
  const Answer answer = host().query(CRAWLHUB_QUERY_JOB_COUNTS, "{}");
  if (!answer) {
    static_cast<void>(call.fail(CRAWLHUB_E_QUERY_FAILED, answer.text));
    return false;
  }
  const auto queued = JsonIndex(answer.text).find("queued").integer().value_or(0);
  if (static_cast<std::uint64_t>(queued) + more <= config_.queue_limit) return true;
  static_cast<void>(
      call.fail(CRAWLHUB_E_BAD_ARGUMENT, join("the queue holds ", queued, " jobs and queue_limit is ",
                                              config_.queue_limit, "; wait, or raise it")));
  return false;
}

Outcome JobsHandler::add_jobs(CommandCall& call, const std::vector<JobInput>& jobs, bool many) {
  Lane& lane = lanes_.here();
  std::vector<Added> all;
  std::string reason;  // why one was refused
  for (std::size_t first = 0; first < jobs.size() && reason.empty(); first += kAtOnce) {
    lane.ops.clear();
    const std::size_t end = std::min(jobs.size(), first + kAtOnce);
    for (std::size_t i = first; i < end; ++i) {
      all.push_back({lane.ids.next(host().now_ns())});
      add_job_op(lane.ops, jobs[i], all.back().id, host().now_ns());
    }
    const Outcome outcome = host().commit(lane.ops, [&](Results results) {
      for (std::size_t i = 0; i < results.size(); ++i) {
        Added& added = all[first + i];
        added.existed = results[i].status == CRAWLHUB_RESULT_DUPLICATE;
        if (added.existed && results[i].text.len != 0) added.id = view(results[i].text);
      }
      if (const crawlhub_result* refused = first_refused(results))
        reason = join("not all were added: ", view(refused->text));
    });
    if (!ok(outcome))
      return call.fail(CRAWLHUB_E_STORAGE_FAILED, join("after ", first, " jobs the storage failed"));
  }
  if (!reason.empty()) return call.fail(CRAWLHUB_E_STORAGE_FAILED, reason);
  for (const Added& added : all) {
    if (!added.existed) publish_state(host(), {.job = added.id, .to = CRAWLHUB_JOB_QUEUED});
  }
  JsonText json;
  many ? write_all(json, all) : write_added(json, all.front());
  return call.reply(json);
}

Outcome JobsHandler::jobs_list(CommandCall& call, std::string_view arguments) {
  JsonText parameters;
  parameters.begin_object();
  bool limited = false;
  for (JsonWalk walk(arguments); walk.next();) {
    if (!walk.member().present()) continue;
    limited |= walk.key() == "limit";
    parameters.raw_field(walk.key(), walk.member().raw());
  }
  if (!limited) parameters.field("limit", 50);
  const Answer answer = host().query(CRAWLHUB_QUERY_JOBS_LIST, parameters.end_object());
  if (answer) return call.reply(answer.text);
  const bool refused = answer.outcome == Outcome::kRefused;
  return call.fail(refused ? CRAWLHUB_E_BAD_ARGUMENT : CRAWLHUB_E_QUERY_FAILED, answer.text);
}

Outcome JobsHandler::jobs_counts(CommandCall& call, std::string_view) {
  const Answer answer = host().query(CRAWLHUB_QUERY_ENTITY_COUNTS, "{}");
  if (!answer) return call.fail(CRAWLHUB_E_QUERY_FAILED, answer.text);
  const JsonIndex counts(answer.text);
  const JsonIndex items(counts.find("items").raw());
  JsonText json;
  json.begin_object().key("types").begin_array();
  for (JsonWalk types(counts.find("jobs").raw()); types.next();) {
    json.begin_object().field("entityType", types.key());
    for (JsonWalk states(types.member().raw()); states.next();)
      json.raw_field(states.key(), states.member().raw());
    json.field("items", items.find(types.key()).number().value_or(0)).end_object();
  }
  return call.reply(json.end_array().raw_field("areas", counts.find("areas").raw()).end_object());
}

Outcome JobsHandler::jobs_show(CommandCall& call, std::string_view arguments) {
  const std::string id = JsonIndex(arguments).find("id").string().value_or("");
  JsonText parameters;
  const Answer answer =
      host().query(CRAWLHUB_QUERY_JOB_GET, parameters.begin_object().field("id", id).end_object());
  if (!answer) return call.fail(CRAWLHUB_E_QUERY_FAILED, answer.text);
  if (answer.text == "null") return call.fail(CRAWLHUB_E_UNKNOWN_JOB, join("there is no job ", id));
  return call.reply(answer.text);
}

Outcome JobsHandler::jobs_cancel(CommandCall& call, std::string_view arguments) {
  return change_job(call, arguments, CRAWLHUB_EVENT_CANCEL);
}

Outcome JobsHandler::jobs_retry(CommandCall& call, std::string_view arguments) {
  return change_job(call, arguments, CRAWLHUB_EVENT_RETRY);
}

Outcome JobsHandler::change_job(CommandCall& call, std::string_view arguments, std::uint16_t event) {
  const std::string id = JsonIndex(arguments).find("id").string().value_or("");
  OpBuilder& ops = lanes_.here().ops;
  ops.clear();
  const auto op = ops.add<crawlhub_job_event>(CRAWLHUB_OP_JOB_EVENT, 0, id);
  op->event = event;
  op->flags = CRAWLHUB_BY_OPERATOR;
  op->max_attempts = config_.attempts;
  op->now_ns = host().now_ns();
  Outcome answered = Outcome::kFailed;
  const Outcome outcome = host().commit(ops, [&](Results results) {
    const crawlhub_result& result = results[0];
    if (!accepted(result)) {
      answered = call.fail(result.code, join("job ", id, ": ", view(result.text)));
      return;
    }
    const Body<crawlhub_job> job(result);
    if (result.status == CRAWLHUB_RESULT_OK) {
      tell(id, News::kTaken);
      publish_state(host(), job, "", "by an operator");
    }
    JsonText json;
    json.begin_object().field("id", id).field("status", state_name(job->state)).end_object();
    answered = call.reply(json);
  });
  return ok(outcome)
             ? answered
             : call.fail(CRAWLHUB_E_STORAGE_FAILED, "the storage could not take it; its log says why");
}

}  // namespace crawlhub::jobs
