// What crawlers report of their jobs.
#include <algorithm>

#include <crawlhub/json_index.hpp>

#include "events.hpp"
#include "jobs_handler.hpp"
#include "progress_fields.hpp"
#include "report_fields.hpp"

namespace crawlhub::jobs {
namespace {

// The job is not, or no longer, this connection's: watching over its lease is over.
bool is_lost(std::int32_t code) noexcept {
  return code == CRAWLHUB_E_NOT_HOLDER || code == CRAWLHUB_E_JOB_ENDED || code == CRAWLHUB_E_STALE_LEASE ||
         code == CRAWLHUB_E_UNKNOWN_JOB;
}

bool ends_job(std::uint16_t event) noexcept {
  return event == CRAWLHUB_EVENT_COMPLETED || event == CRAWLHUB_EVENT_COMPLETED_BADLY ||
         event == CRAWLHUB_EVENT_FAILED;
}

}  // namespace

Outcome JobsHandler::handle_progress(Call& call, const Message& message) {
  const Connection connection = message.connection();
  LeaseTable& table = table_of(call, connection);
  table.touched = true;
  Lane& lane = lanes_.of(connection.lane());
  const std::int64_t monotonic = host().monotonic_ns();
  Lease* lease = table.find(message.job_id());
  if (lease != nullptr && lease->state == CRAWLHUB_JOB_RUNNING && !lease->ending) {
    lease->spoke_ns = lease->heard_ns = monotonic - table.unread_ns;
    EventWriter& event = lane.progress;
    event.begin();
    fill_sender(*event.operator->(), CRAWLHUB_EVENT_PROGRESS, message, monotonic + table.wall_offset_ns);
    event.text(&crawlhub_job_event::crawler, connection.crawler_id());
    fill_progress(event, message.data());
    const crawlhub_op op = event.op(CRAWLHUB_OP_MERGE, message.job_id());
    return call.submit(op);
  }
  // It starts the job, or takes it up again: what becomes of it must be known here.
  lane.ops.clear();
  const auto event = add_event(lane.ops, CRAWLHUB_EVENT_PROGRESS, CRAWLHUB_OP_MERGE, message);
  fill_progress(event, message.data());
  return call.submit_then<&JobsHandler::on_report>(lane.ops,
                                                   new_report(CRAWLHUB_EVENT_PROGRESS, message, lease));
}

Outcome JobsHandler::handle_report(Call& call, const Message& message) {
  const Members data = message.data();
  const Connection connection = message.connection();
  LeaseTable& table = table_of(call, connection);
  table.touched = true;
  OpBuilder& ops = lanes_.of(connection.lane()).ops;
  ops.clear();
  std::uint16_t kind = CRAWLHUB_EVENT_STARTED;
  if (message.route() == kJobCompleted) {
    kind = completed_well(data) ? CRAWLHUB_EVENT_COMPLETED : CRAWLHUB_EVENT_COMPLETED_BADLY;
  } else if (message.route() == kJobFailed) {
    kind = is_recoverable(data) ? CRAWLHUB_EVENT_FAILED : CRAWLHUB_EVENT_COMPLETED_BADLY;
  }
  auto report = new_report(kind, message, table.find(message.job_id()));
  report->route = message.route();
  report->data = message.data_json();
  const auto event = add_event(ops, kind, kind == CRAWLHUB_EVENT_STARTED ? CRAWLHUB_OP_RELAXED : 0, message);
  if (message.route() == kJobStarted) fill_started(event, data);
  if (message.route() == kJobCompleted) fill_completed(event, data);
  if (message.route() == kJobFailed) {
    report->context = failure_context(data);
    fill_failed(event, data, report->context);
    event->wait_ns = config_.backoff_first_ns;
    event->wait_most_ns = config_.backoff_most_ns;
    event->wait_factor = config_.backoff_factor;
  }
  return call.submit_then<&JobsHandler::on_report>(ops, std::move(report));
}

std::unique_ptr<Report> JobsHandler::new_report(std::uint16_t event, const Message& message,
                                                const Lease* lease) const {
  auto report = std::make_unique<Report>();
  report->event = event;
  report->route = message.route();
  if (lease != nullptr && !lease->ending) report->state = lease->state;
  report->job = message.job_id();
  report->connection = message.connection().name();
  report->crawler = message.connection().crawler_id();
  return report;
}

void JobsHandler::on_report(Call& call, Results results, std::unique_ptr<Report> report) {
  const crawlhub_result& result = results[0];
  LeaseTable* table = call.slot<LeaseTable>();
  if (!accepted(result)) {
    if (table != nullptr && is_lost(result.code)) drop_lease(*table, report->job);
    static_cast<void>(call.fail(result.code, view(result.text)));
    return;
  }
  const Body<crawlhub_job> job(result);
  if (table != nullptr) note_report(*table, *report, result, job);
  if (result.status == CRAWLHUB_RESULT_DUPLICATE) return;
  if (report->event == CRAWLHUB_EVENT_PROGRESS) {
    publish_state(host(), job, report->connection);
  } else {
    publish_report(*report, job);
  }
}

// Keeps the watch over the lease in step with what the storage decided.
void JobsHandler::note_report(LeaseTable& table, const Report& report, const crawlhub_result& result,
                              const Body<crawlhub_job>& job) {
  const bool elsewhere = job.valid() && job->connection != table.connection();
  if (ends_job(report.event) || elsewhere) {
    drop_lease(table, report.job);
    return;
  }
  const Lease* known = table.find(report.job);
  Lease lease;
  if (known != nullptr) lease = *known;
  if (known == nullptr) lease.given_ns = clock(table);
  lease.number = result.number;
  lease.attempts = job.valid() ? job->attempts : std::max(lease.attempts, 1u);
  // A progress shows the job only where it changed its state.
  if (job.valid()) {
    lease.state = job->state;
  } else if (known == nullptr) {
    lease.state = CRAWLHUB_JOB_RUNNING;
  }
  lease.ending = false;
  lease.spoke_ns = lease.heard_ns = clock(table);
  put_lease(table, report.job, lease);
}

void JobsHandler::publish_report(const Report& report, const Body<crawlhub_job>& job) {
  publish_state(host(), job, report.connection);
  const std::string_view action = report.route == kJobStarted     ? "started"
                                  : report.route == kJobCompleted ? "completed"
                                                                  : "failed";
  publish_update(host(), action, report.job, report.connection, report.data);
  if (report.route != kJobFailed) return;
  publish_failure(host(), distinct_time(), report.job, report.connection, report.data, report.context);
  raise_failure(report, job);
}

void JobsHandler::raise_failure(const Report& report, const Body<crawlhub_job>& job) const {
  const JsonIndex data(report.data);
  const std::string error = data.find("error").string().value_or("no error was told");
  const std::string stack = data.find("stackTrace").string().value_or("");
  const std::string text = join("job ", report.job, " failed: ", error);
  host().raise(
      {.code = CRAWLHUB_E_JOB_FAILED,
       .message = text,
       .details = report.context,
       .connection = report.connection,
       .job = report.job,
       .crawler = report.crawler,
       .account = job.text(job->account),
       .severity = is_recoverable(data.members()) ? CRAWLHUB_SEVERITY_MEDIUM : CRAWLHUB_SEVERITY_HIGH,
       .stack = stack});
  if (report.event == CRAWLHUB_EVENT_FAILED && job->state == CRAWLHUB_JOB_FAILED) {
    raise(CRAWLHUB_E_ATTEMPTS_SPENT,
          join("job ", report.job, " has failed ", job->attempts, " times; the last: ", error), report.job,
          job.text(job->account));
  }
}

// The page tells failures apart by their time: each gets a millisecond of its own.
std::int64_t JobsHandler::distinct_time() {
  constexpr std::int64_t kMillisecond = 1'000'000;
  const std::int64_t now = host().now_ns() / kMillisecond;
  std::int64_t last = last_failure_ms_.load();
  while (!last_failure_ms_.compare_exchange_weak(last, std::max(now, last + 1))) {
  }
  return std::max(now, last + 1) * kMillisecond;
}

}  // namespace crawlhub::jobs
