// Leases that end: by their own time, with their connection, by an operator, and what the storage sweeps.
#include <algorithm>

#include <crawlhub/json_index.hpp>

#include "events.hpp"
#include "jobs_handler.hpp"

namespace crawlhub::jobs {
namespace {

constexpr std::size_t kNewsKept = 4096;
constexpr std::uint64_t kSweptAtOnce = 1000;

std::string_view reason_name(std::uint32_t reason) noexcept {
  switch (reason) {
    case CRAWLHUB_LEASE_EXPIRED:
      return "nothing was heard of it";
    case CRAWLHUB_LEASE_NOT_STARTED:
      return "it was not started";
    case CRAWLHUB_LEASE_DISCONNECT:
      return "its connection ended";
    default:
      return "it was given back";
  }
}

}  // namespace

void JobsHandler::tick(Call& call, Connection connection) {
  LeaseTable* table = call.slot<LeaseTable>();
  if (table == nullptr) return;
  table->unread_ns = connection.unread_ns();
  table->wall_offset_ns = host().now_ns() - host().monotonic_ns();
  take_news(*table);
  auto overdue = std::make_unique<std::vector<Overdue>>(
      table->take_overdue(clock(*table), {config_.lease_ns, config_.silence_ns, config_.start_within_ns}));
  if (overdue->empty()) return;
  OpBuilder& ops = lanes_.of(connection.lane()).ops;
  ops.clear();
  for (const Overdue& lease : *overdue) {
    const bool was_started = lease.reason == CRAWLHUB_LEASE_EXPIRED;
    add_lease_end(ops, lease, table->connection(), was_started ? config_.backoff_ns(lease.attempts) : 0);
  }
  static_cast<void>(call.submit_then<&JobsHandler::on_leases_ended>(ops, std::move(overdue)));
}

void JobsHandler::add_lease_end(OpBuilder& ops, const Overdue& overdue, std::uint64_t connection,
                                std::int64_t wait_ns) const {
  const auto event = ops.add<crawlhub_job_event>(CRAWLHUB_OP_JOB_EVENT, 0, overdue.job);
  event->event = CRAWLHUB_EVENT_LEASE_ENDS;
  event->reason = static_cast<std::uint16_t>(overdue.reason);
  event->flags = CRAWLHUB_BY_OPERATOR | CRAWLHUB_HAS_LEASE;
  event->lease = overdue.number;
  event->connection = connection;
  event->max_attempts = config_.attempts;
  event->now_ns = host().now_ns();
  event->wait_ns = wait_ns;
}

void JobsHandler::on_leases_ended(Call& call, Results results,
                                  std::unique_ptr<std::vector<Overdue>> overdue) {
  LeaseTable* table = call.slot<LeaseTable>();
  for (std::size_t i = 0; i < overdue->size() && i < results.size(); ++i) {
    lease_ended(table, (*overdue)[i], results[i]);
  }
}

void JobsHandler::lease_ended(LeaseTable* table, const Overdue& overdue, const crawlhub_result& result) {
  Lease* lease = table == nullptr ? nullptr : table->find(overdue.job);
  // A message of the job's may have come in meanwhile and taken it up again.
  const bool same = lease != nullptr && lease->number == overdue.number && lease->ending;
  if (result.status == CRAWLHUB_RESULT_FAILED) {
    if (same) lease->ending = false;  // the storage could not: the next tick tries again
    return;
  }
  if (same) drop_lease(*table, overdue.job);
  const Body<crawlhub_job> job(result);
  if (result.status != CRAWLHUB_RESULT_OK || !job.valid()) return;
  publish_state(host(), job, "", reason_name(overdue.reason));
  if (overdue.reason == CRAWLHUB_LEASE_RETURNED) return;
  raise(CRAWLHUB_E_LEASE_EXPIRED,
        join("job ", overdue.job, " is ", state_name(job->state), " again: ", reason_name(overdue.reason)),
        overdue.job, job.text(job->account));
}

void JobsHandler::disconnected(Call& call, Connection connection, std::string_view) {
  const auto table = take_table(call, connection);
  if (table == nullptr) return;
  Lane& lane = lanes_.of(connection.lane());
  held_ -= static_cast<std::int64_t>(table->size());
  if (!table->touched) return;
  auto left = std::make_unique<std::vector<LeftJob>>();
  table->for_each([&](std::string_view job, const Lease& lease) {
    left->push_back({std::string(job), lease.state});
  });
  OpBuilder& ops = lane.ops;
  ops.clear();
  const auto end = ops.add<crawlhub_connection_end>(CRAWLHUB_OP_CONNECTION_END, 0, "");
  // A stop of the hub is not the crawlers' doing: it costs no attempt.
  end->reason = host().stopping() ? CRAWLHUB_LEASE_RESTART : CRAWLHUB_LEASE_DISCONNECT;
  end->connection = connection.id();
  end->now_ns = host().now_ns();
  end->wait_ns = connection.said_hello() ? config_.reconnect_hello_ns : config_.reconnect_without_ns;
  end->max_attempts = config_.attempts;
  end->wait_factor = config_.backoff_factor;
  end->backoff_first_ns = config_.backoff_first_ns;
  end->backoff_most_ns = config_.backoff_most_ns;
  end.text(&crawlhub_connection_end::hub, host().hub_id());
  end.text(&crawlhub_connection_end::incarnation, host().incarnation());
  static_cast<void>(call.submit_then<&JobsHandler::on_connection_ended>(ops, std::move(left)));
}

void JobsHandler::on_connection_ended(Call&, Results results, std::unique_ptr<std::vector<LeftJob>> left) {
  if (!accepted(results[0])) {
    raise(CRAWLHUB_E_STORAGE_FAILED,
          join("the leases of an ended connection stay until the next start: ", view(results[0].text)), "");
    return;
  }
  for (const LeftJob& job : *left) {
    const bool requeued = job.state == CRAWLHUB_JOB_ASSIGNED || job.state == CRAWLHUB_JOB_RUNNING;
    if (!requeued) continue;
    publish_state(host(), {.job = job.id,
                           .from = job.state,
                           .to = CRAWLHUB_JOB_QUEUED,
                           .reason = reason_name(CRAWLHUB_LEASE_DISCONNECT)});
  }
}

void JobsHandler::observe(Observations list) {
  for (const Observation observation : list) {
    if (!observation.accepted()) continue;
    const Message message = observation.message();
    const Connection connection = message.connection();
    const auto& tables = lanes_.of(connection.lane()).tables;
    const auto found = tables.find(connection.id());
    if (found == tables.end()) continue;
    const bool lists = connection.has(CRAWLHUB_CONNECTION_LEASES);
    found->second->heartbeat(host().monotonic_ns() - connection.unread_ns(), config_.silence_ns,
                             lists ? message.data().find("jobs") : Member());
  }
}

// Discoveries are handled by another plugin, and are too long to be copied for this one to observe.
void JobsHandler::event(std::string_view, std::string_view json) {
  tell(JsonIndex(json).find("jobId").string().value_or(""), News::kSpoke);
}

void JobsHandler::tell(std::string_view job, News news) {
  const std::lock_guard lock(news_mutex_);
  news_.emplace_back(job, news);
  if (news_.size() > kNewsKept) news_.pop_front();
  news_count_.fetch_add(1, std::memory_order_release);
}

void JobsHandler::take_news(LeaseTable& table) {
  if (table.seen_news == news_count_.load(std::memory_order_acquire)) return;
  const std::lock_guard lock(news_mutex_);
  const std::uint64_t total = news_count_.load();
  const auto fresh = std::min<std::uint64_t>(total - table.seen_news, news_.size());
  for (auto news = news_.end() - static_cast<std::ptrdiff_t>(fresh); news != news_.end(); ++news) {
    Lease* lease = table.find(news->first);
    if (lease == nullptr) continue;
    if (news->second == News::kTaken) {
      drop_lease(table, news->first);
      continue;
    }
    if (!lease->started()) lease->state = CRAWLHUB_JOB_RUNNING;
    lease->spoke_ns = lease->heard_ns = clock(table);
  }
  table.seen_news = total;
}

// Jobs whose attempts are spent and whose last wait is over. The storage takes so many a call.
void JobsHandler::sweep() {
  for (std::uint64_t failed = kSweptAtOnce; failed >= kSweptAtOnce;) failed = sweep_some();
}

std::uint64_t JobsHandler::sweep_some() {
  OpBuilder& ops = lanes_.here().ops;
  ops.clear();
  const auto op = ops.add<crawlhub_job_sweep>(CRAWLHUB_OP_JOB_SWEEP, 0, "");
  op->max_attempts = config_.attempts;
  op->now_ns = host().now_ns();
  std::uint64_t failed = 0;
  const Outcome outcome = host().commit(ops, [&](Results results) {
    if (!accepted(results[0])) return;
    failed = results[0].number;
    std::string_view ids(static_cast<const char*>(results[0].body), results[0].body_size);
    for (auto end = ids.find('\n'); end != std::string_view::npos; end = ids.find('\n')) {
      const std::string_view job = ids.substr(0, end);
      publish_state(host(), {.job = job, .from = CRAWLHUB_JOB_QUEUED, .to = CRAWLHUB_JOB_FAILED});
      raise(CRAWLHUB_E_ATTEMPTS_SPENT, join("job ", job, " has failed: its attempts are spent"), job);
      ids.remove_prefix(end + 1);
    }
  });
  if (!ok(outcome)) host().debug("the sweep for jobs without attempts waits for the storage");
  return failed;
}

}  // namespace crawlhub::jobs
