// token_refresh_request: answered at once from the account's stored token, and always answered.
#include <crawlhub/iso_time.hpp>

#include "events.hpp"
#include "jobs_handler.hpp"

namespace crawlhub::jobs {
namespace {

constexpr std::int64_t kValid = std::int64_t{3600} * 1'000'000'000;  // of a token whose end nobody names

}  // namespace

Outcome JobsHandler::handle_token_request(Call& call, const Message& message) {
  const Connection connection = message.connection();
  LeaseTable& table = table_of(call, connection);
  table.touched = true;
  OpBuilder& ops = lanes_.of(connection.lane()).ops;
  ops.clear();
  add_event(ops, CRAWLHUB_EVENT_TOKEN_REQUEST, 0, message);
  auto report = new_report(CRAWLHUB_EVENT_TOKEN_REQUEST, message, table.find(message.job_id()));
  return call.submit_then<&JobsHandler::on_token_asked>(ops, std::move(report));
}

void JobsHandler::on_token_asked(Call& call, Results results, std::unique_ptr<Report> report) {
  const crawlhub_result& result = results[0];
  if (!accepted(result)) {
    answer_token(call, report->job, std::nullopt, view(result.text));
    return;
  }
  const Body<crawlhub_job> job(result);
  LeaseTable* table = call.slot<LeaseTable>();
  if (table != nullptr) note_report(*table, *report, result, job);
  publish_state(host(), job, report->connection);
  const std::string_view name = job.text(job->account);
  const auto account = accounts_.find(name);
  std::optional<std::string> token;
  if (account && !account->token.empty()) token = vault_->open(account->token);
  answer_token(call, report->job, token,
               join("account ", name, account ? " has no usable token" : " is not known"));
  OpBuilder& ops = lanes_.here().ops;
  ops.clear();
  const auto event = ops.add<crawlhub_job_event>(CRAWLHUB_OP_JOB_EVENT, 0, report->job);
  event->event = token ? CRAWLHUB_EVENT_TOKEN_RENEWED : CRAWLHUB_EVENT_TOKEN_EXPIRED;
  event->flags = CRAWLHUB_BY_OPERATOR | CRAWLHUB_HAS_LEASE;
  event->lease = result.number;
  event->now_ns = host().now_ns();
  event->max_attempts = config_.attempts;
  static_cast<void>(call.submit_then<&JobsHandler::on_token_settled>(ops, std::move(report)));
}

void JobsHandler::on_token_settled(Call& call, Results results, std::unique_ptr<Report> report) {
  const crawlhub_result& result = results[0];
  if (!accepted(result)) {
    static_cast<void>(call.fail(result.code, view(result.text)));
    return;
  }
  const Body<crawlhub_job> job(result);
  LeaseTable* table = call.slot<LeaseTable>();
  if (table != nullptr && job.valid()) note_report(*table, *report, result, job);
  publish_state(host(), job, report->connection);
}

void JobsHandler::answer_token(Call& call, std::string_view job, const std::optional<std::string>& token,
                               std::string_view error) const {
  JsonText json;
  json.begin_object().field("accessToken", token.value_or(""));
  json.field("expiresAt", iso_time(host().now_ns() + kValid)).field("refreshSuccessful", token.has_value());
  if (!token) json.field("error_message", error);
  static_cast<void>(call.reply("token_refresh_response", job, json.end_object()));
}

}  // namespace crawlhub::jobs
