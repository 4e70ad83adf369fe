// The life of handler-jobs, and which function takes which message.
#include <filesystem>

#include <sodium.h>

#include "jobs_handler.hpp"
#include "schema.hpp"

namespace crawlhub::jobs {
namespace {

using namespace std::chrono_literals;

constexpr auto kSweepEvery = 5s;
constexpr auto kAccountsEvery = 15s;  // another hub of the same database may have changed them

}  // namespace

Outcome JobsHandler::create(std::string_view config) {
  if (sodium_init() < 0) return host().error("libsodium cannot be initialised");
  config_ = read_config(config);
  return first_failure(
      {host().add_type("heartbeat", CRAWLHUB_TYPE_OBSERVE, kObservedHeartbeat),
       host().add_type("job_request", 0, kJobRequest), host().add_type("job_started", 0, kJobStarted),
       host().add_type("job_progress", 0, kJobProgress), host().add_type("job_completed", 0, kJobCompleted),
       host().add_type("job_failed", 0, kJobFailed),
       host().add_type("token_refresh_request", 0, kTokenRequest), host().add_capability("leases"),
       host().subscribe("job.discovered"), register_job_commands(), register_account_commands(),
       host().add_section<&JobsHandler::status_section>(CRAWLHUB_SECTION_STATUS, "jobs"),
       host().add_section<&JobsHandler::metrics_section>(CRAWLHUB_SECTION_METRICS, "job_metrics"),
       host().add_section<&JobsHandler::drain_section>(CRAWLHUB_SECTION_DRAIN, "leases")});
}

Outcome JobsHandler::start() {
  for (std::uint32_t lane = 0; lane < lanes_.size(); ++lane) {
    lanes_.of(lane).progress.set_hub(host().hub_id(), host().incarnation());
  }
  for (const auto step :
       {&JobsHandler::load_accounts, &JobsHandler::open_vault, &JobsHandler::end_former_leases}) {
    if (const Outcome outcome = (this->*step)(); !ok(outcome)) return outcome;
  }
  if (const Outcome outcome = check_tokens(); !ok(outcome)) return outcome;
  return first_failure({host().every<&JobsHandler::sweep>(kSweepEvery),
                        host().every<&JobsHandler::reload_accounts>(kAccountsEvery)});
}

Outcome JobsHandler::load_accounts() {
  const Answer answer = host().query(CRAWLHUB_QUERY_ACCOUNTS, "{}");
  if (!answer) return host().error("the accounts cannot be read: ", answer.text);
  if (!accounts_.load(answer.text)) return host().error("the storage answered nonsense for the accounts");
  return Outcome::kOk;
}

void JobsHandler::reload_accounts() {
  const Answer answer = host().query(CRAWLHUB_QUERY_ACCOUNTS, "{}");
  if (!answer || !accounts_.load(answer.text))
    host().debug("the accounts cannot be read again: ", answer.text);
}

Outcome JobsHandler::open_vault() {
  const std::filesystem::path file = std::filesystem::path(host().state_directory()) / "handler-jobs.key";
  KeyOrError key;
  if (!config_.key.empty()) {
    key = parse_key(config_.key);
    if (auto* error = std::get_if<std::string>(&key)) *error = "key: " + *error;
    sodium_memzero(config_.key.data(), config_.key.size());
  } else if (std::error_code ignored; std::filesystem::exists(file, ignored)) {
    key = read_key_file(file);
  } else {
    for (const auto& [name, account] : accounts_.all()) {
      if (account.token.empty()) continue;
      return host().error("the key file ", file.string(), " is missing, and account ", name,
                          " has a token that it encrypted: restore the file, or give its key as `key`");
    }
    key = make_key_file(file);
    if (key.index() == 0) host().info("made the key file ", file.string(), ": back it up with the database");
  }
  if (const auto* error = std::get_if<std::string>(&key)) return host().error(*error);
  vault_ = std::make_unique<Vault>(std::get<Vault::Key>(key));
  sodium_memzero(std::get<Vault::Key>(key).data(), Vault::kKeyBytes);
  return Outcome::kOk;
}

// A wrong key must be seen now, not when a crawler asks for its first job.
Outcome JobsHandler::check_tokens() const {
  for (const auto& [name, account] : accounts_.all()) {
    if (account.token.empty() || vault_->open(account.token)) continue;
    return host().error("the token of account ", name,
                        " was encrypted with another key: restore that key (the key file in ",
                        host().state_directory(), ", or the setting `key`)");
  }
  return Outcome::kOk;
}

Outcome JobsHandler::end_former_leases() {
  OpBuilder& ops = lanes_.here().ops;
  ops.clear();
  const auto op = ops.add<crawlhub_hub_start>(CRAWLHUB_OP_HUB_START, 0, host().hub_id());
  op->now_ns = host().now_ns();
  op->wait_hello_ns = config_.reconnect_hello_ns;
  op->wait_without_ns = config_.reconnect_without_ns;
  op.text(&crawlhub_hub_start::incarnation, host().incarnation());
  std::string error = "the storage did not answer";
  std::uint64_t ended = 0;
  const Outcome outcome = host().commit(ops, [&](Results results) {
    ended = results[0].number;
    error = accepted(results[0]) ? "" : std::string(view(results[0].text));
  });
  if (!ok(outcome) || !error.empty())
    return host().error("the leases before this start cannot be ended: ", error);
  if (ended != 0) host().info(ended, " jobs were held before this start; they wait for their crawlers");
  return Outcome::kOk;
}

Outcome JobsHandler::handle(Call& call, const Message& message) {
  switch (message.route()) {
    case kJobProgress:
      return handle_progress(call, message);
    case kJobRequest:
      return handle_request(call, message);
    case kTokenRequest:
      return handle_token_request(call, message);
    case kJobStarted:
    case kJobCompleted:
    case kJobFailed:
      return handle_report(call, message);
    default:
      return Outcome::kDeclined;
  }
}

LeaseTable& JobsHandler::table_of(Call& call, Connection connection) {
  LeaseTable* table = call.slot<LeaseTable>();
  if (table == nullptr) {
    auto made = std::make_unique<LeaseTable>(connection.id());
    table = made.get();
    table->seen_news = news_count_.load();
    table->wall_offset_ns = host().now_ns() - host().monotonic_ns();
    lanes_.of(connection.lane()).tables.insert_or_assign(connection.id(), std::move(made));
    *host().table()->slot(call.raw()) = table;
  }
  table->unread_ns = connection.unread_ns();
  return *table;
}

std::unique_ptr<LeaseTable> JobsHandler::take_table(Call& call, Connection connection) {
  *host().table()->slot(call.raw()) = nullptr;
  auto& tables = lanes_.of(connection.lane()).tables;
  const auto found = tables.find(connection.id());
  if (found == tables.end()) return nullptr;
  auto table = std::move(found->second);
  tables.erase(found);
  return table;
}

OpBody<crawlhub_job_event> JobsHandler::add_event(OpBuilder& ops, std::uint16_t event, std::uint32_t op_flags,
                                                  const Message& message) const {
  const auto op = ops.add<crawlhub_job_event>(CRAWLHUB_OP_JOB_EVENT, op_flags, message.job_id());
  fill_sender(*op.operator->(), event, message, host().now_ns());
  op.text(&crawlhub_job_event::hub, host().hub_id());
  op.text(&crawlhub_job_event::incarnation, host().incarnation());
  op.text(&crawlhub_job_event::crawler, message.connection().crawler_id());
  return op;
}

void JobsHandler::fill_sender(crawlhub_job_event& body, std::uint16_t event, const Message& message,
                              std::int64_t now_ns) const {
  const Connection connection = message.connection();
  body.event = event;
  if (connection.said_hello()) body.flags |= CRAWLHUB_HAS_HELLO;
  if (const auto lease = message.lease(); lease && connection.has(CRAWLHUB_CONNECTION_LEASES)) {
    body.flags |= CRAWLHUB_HAS_LEASE;
    body.lease = *lease;
  }
  body.connection = connection.id();
  body.max_attempts = config_.attempts;
  body.now_ns = now_ns;
}

void JobsHandler::put_lease(LeaseTable& table, std::string_view job, const Lease& lease) {
  if (table.put(job, lease)) ++held_;
}

void JobsHandler::drop_lease(LeaseTable& table, std::string_view job) {
  if (table.erase(job)) --held_;
}

void JobsHandler::raise(std::int32_t code, std::string_view text, std::string_view job,
                        std::string_view account) const {
  host().raise({.code = code, .message = text, .job = job, .account = account});
}

}  // namespace crawlhub::jobs

CRAWLHUB_PLUGIN(crawlhub::jobs::JobsHandler, .name = "handler-jobs", .version = "1.0.0",
                .summary = "Hands out jobs, takes reports on them, watches over leases, and owns accounts.",
                .config_schema = crawlhub::jobs::kSchema, .flags = CRAWLHUB_MAY_UNLOAD)
