// job_request: leases jobs to the connection that asks, and answers with them.
#include <algorithm>

#include <crawlhub/json_walk.hpp>

#include "events.hpp"
#include "jobs_handler.hpp"

namespace crawlhub::jobs {
namespace {

constexpr std::uint32_t kMostAsked = 1000;  // jobs in one answer
constexpr std::string_view kNoJobs = R"({"jobs":[]})";

// Each wanted type and a newline, as crawlhub_job_claim has it.
std::string wanted_types(Member types) {
  std::string out;
  std::string scratch;
  for (JsonWalk walk(types.raw()); walk.next();) (out += walk.member().string(scratch).value_or("")) += '\n';
  return out;
}

// The first job behind a claim's head.
std::size_t first_job(const Body<crawlhub_claimed>& claimed) {
  return (claimed->struct_size + 7u) & ~std::size_t{7};
}

}  // namespace

std::uint32_t JobsHandler::how_many(const LeaseTable& table, const Message& message) const {
  const Connection connection = message.connection();
  std::uint32_t limit = config_.batch;
  if (connection.said_hello()) {
    const auto asked = message.data().find("limit").integer();
    if (asked) limit = static_cast<std::uint32_t>(std::clamp<std::int64_t>(*asked, 0, kMostAsked));
  }
  const auto held = static_cast<std::uint32_t>(table.size()) + table.asked_for;
  for (const std::uint32_t most : {config_.max_per_crawler, connection.max_concurrent_jobs()}) {
    if (most != 0) limit = std::min(limit, most > held ? most - held : 0);
  }
  return limit;
}

Outcome JobsHandler::handle_request(Call& call, const Message& message) {
  const Connection connection = message.connection();
  LeaseTable& table = table_of(call, connection);
  const std::uint32_t limit = host().draining() ? 0 : how_many(table, message);
  if (limit == 0) return call.reply("job_response", message.job_id(), kNoJobs);
  auto claim = std::make_unique<Claim>();
  claim->asked = limit;
  claim->wants_lease = connection.has(CRAWLHUB_CONNECTION_LEASES);
  OpBuilder& ops = lanes_.of(connection.lane()).ops;
  ops.clear();
  // Such a crawler asks while nothing runs: what it has not spoken of for so long it has lost.
  if (!connection.said_hello()) claim->ended = table.take_silent(clock(table), config_.lease_ns);
  for (const Overdue& overdue : claim->ended) {
    add_lease_end(ops, overdue, connection.id(), config_.backoff_ns(overdue.attempts));
  }
  add_claim(ops, message, limit);
  claim->connection = connection.name();
  claim->job_id = message.job_id();
  table.asked_for += limit;
  table.touched = true;
  return call.submit_then<&JobsHandler::on_claimed>(ops, std::move(claim));
}

void JobsHandler::add_claim(OpBuilder& ops, const Message& message, std::uint32_t limit) const {
  const Connection connection = message.connection();
  const auto op = ops.add<crawlhub_job_claim>(CRAWLHUB_OP_JOB_CLAIM, CRAWLHUB_OP_RELAXED, "");
  op->limit = limit;
  op->connection = connection.id();
  op->now_ns = host().now_ns();
  op.text(&crawlhub_job_claim::hub, host().hub_id());
  op.text(&crawlhub_job_claim::incarnation, host().incarnation());
  if (connection.said_hello()) {
    op.text(&crawlhub_job_claim::crawler, connection.crawler_id());
    op.text(&crawlhub_job_claim::entity_types, wanted_types(message.data().find("entityTypes")));
  } else {
    op.text(&crawlhub_job_claim::entity_types, config_.entity_types);
  }
}

void JobsHandler::on_claimed(Call& call, Results results, std::unique_ptr<Claim> claim) {
  LeaseTable* table = call.slot<LeaseTable>();
  if (table == nullptr) return;  // its connection's end, which comes behind it in the storage, frees the jobs
  table->asked_for -= claim->asked;
  for (std::size_t i = 0; i < claim->ended.size(); ++i) {
    lease_ended(table, claim->ended[i], results[i]);
  }
  const crawlhub_result& result = results[claim->ended.size()];
  if (!accepted(result)) {
    static_cast<void>(call.fail(result.code, view(result.text)));
    return;
  }
  answer_claim(call, *table, result, *claim);
}

void JobsHandler::answer_claim(Call& call, LeaseTable& table, const crawlhub_result& result,
                               const Claim& claim) {
  const Body<crawlhub_claimed> claimed(result);
  JsonText& reply = lanes_.here().json;
  reply.clear().begin_object().key("jobs").begin_array();
  std::vector<Overdue> unusable;
  std::size_t at = first_job(claimed);
  for (std::uint32_t i = 0; i < claimed->count && at < result.body_size; ++i) {
    const Body<crawlhub_job> job(static_cast<const char*>(result.body) + at, result.body_size - at);
    if (!job.valid() || job->size == 0) break;
    if (!take_job(table, job, claim, reply)) {
      unusable.push_back(
          {std::string(job.text(job->id)), job->lease, job->attempts, CRAWLHUB_LEASE_RETURNED});
    }
    at += job->size;
  }
  reply.end_array().end_object();
  if (claimed->blocked != 0) report_blocked(claimed);
  static_cast<void>(call.reply("job_response", claim.job_id, reply));
  give_back(call, table, std::move(unusable));
}

bool JobsHandler::take_job(LeaseTable& table, const Body<crawlhub_job>& job, const Claim& claim,
                           JsonText& reply) {
  const std::string_view id = job.text(job->id);
  const auto token = vault_->open(job.text(job->token));
  if (!token) {
    raise(CRAWLHUB_E_NO_ACCOUNT,
          join("job ", id, ": the token of account ", job.text(job->account),
               " cannot be decrypted; give it again with accounts add"),
          id, job.text(job->account));
    return false;
  }
  std::string_view entity_id = job.text(job->entity_id);
  std::string account;
  if (entity_id.empty())
    entity_id = account = account_id(job.text(job->account), job.text(job->account_data));
  reply.begin_object()
      .field("id", id)
      .field("entityType", job.text(job->entity_type))
      .field("entityId", entity_id);
  reply.field("gitlabUrl", crawler_url(job.text(job->provider), job.text(job->url)))
      .field("accessToken", *token);
  const std::string_view resume = job.text(job->resume_state);
  if (!resume.empty()) reply.raw_field("resumeState", resume);
  if (claim.wants_lease) reply.field("lease", job->lease);
  reply.end_object();
  Lease lease;
  lease.number = job->lease;
  lease.attempts = job->attempts;
  lease.given_ns = lease.spoke_ns = lease.heard_ns = clock(table);
  put_lease(table, id, lease);
  publish_state(host(), job, claim.connection);
  return true;
}

void JobsHandler::give_back(Call& call, LeaseTable& table, std::vector<Overdue> jobs) {
  if (jobs.empty()) return;
  OpBuilder& ops = lanes_.here().ops;
  ops.clear();
  for (const Overdue& job : jobs) add_lease_end(ops, job, table.connection(), config_.backoff_most_ns);
  auto given_back = std::make_unique<std::vector<Overdue>>(std::move(jobs));
  static_cast<void>(call.submit_then<&JobsHandler::on_leases_ended>(ops, std::move(given_back)));
}

void JobsHandler::report_blocked(const Body<crawlhub_claimed>& claimed) const {
  const std::string_view job = claimed.text(claimed->blocked_job);
  raise(CRAWLHUB_E_NO_ACCOUNT,
        join(claimed->blocked, claimed->blocked == 1 ? " job is" : " jobs are",
             " not handed out, since the account is missing or has no token or no URL; job ", job,
             " is such a one. See accounts list, and give what is missing with accounts add"),
        job);
}

}  // namespace crawlhub::jobs
