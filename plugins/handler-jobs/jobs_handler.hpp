// handler-jobs: hands out jobs, takes reports on them, watches over leases, and owns accounts.
//
// One class, its functions by topic: claim.cpp (job_request), report.cpp (what crawlers report),
// token_request.cpp, expiry.cpp (leases that end), job_commands.cpp, account_commands.cpp, sections.cpp,
// plugin.cpp (life and dispatch). Whatever changes a job is an operation of the storage; replies and events
// are made from its results.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <crawlhub/handler.hpp>
#include <crawlhub/json_text.hpp>
#include <crawlhub/lanes.hpp>
#include <crawlhub/new_id.hpp>

#include "accounts.hpp"
#include "config.hpp"
#include "event_writer.hpp"
#include "job_input.hpp"
#include "leases.hpp"
#include "vault.hpp"

namespace crawlhub::jobs {

// The answered types; message.route().
enum Route : std::uint32_t {
  kObservedHeartbeat,
  kJobRequest,
  kJobStarted,
  kJobProgress,
  kJobCompleted,
  kJobFailed,
  kTokenRequest,
};

// What the answer to a job_request needs when the storage has decided.
struct Claim {
  std::vector<Overdue> ended;  // leases that end before it
  std::uint32_t asked = 0;
  bool wants_lease = false;  // the crawler was granted leases
  std::string connection;    // its name
  std::string job_id;        // of the request's envelope
};

// What becomes of a report when the storage has decided.
struct Report {
  std::uint16_t event = 0;  // CRAWLHUB_EVENT_*
  std::uint32_t route = 0;
  std::uint32_t state = 0;  // of the job before it, as far as was known here; 0: not known
  std::string job, connection, crawler;
  std::string data;     // of the message; not of progress
  std::string context;  // of a failure
};

// What happened to a job other than by a message that its connection's lane handled here.
enum class News : std::uint8_t {
  kTaken,  // an operator took it from its holder
  kSpoke,  // its holder reported what it found
};

// A job that a connection held when it ended.
struct LeftJob {
  std::string id;
  std::uint32_t state;
};

class JobsHandler final : public Handler {
 public:
  using Handler::Handler;

  Outcome create(std::string_view config) override;
  Outcome start() override;
  Outcome handle(Call& call, const Message& message) override;
  void observe(Observations list) override;
  void disconnected(Call& call, Connection connection, std::string_view reason) override;
  void event(std::string_view name, std::string_view json) override;
  void tick(Call& call, Connection connection) override;

 private:
  // What belongs to a lane: scratch memory, and the connections that have leases.
  struct Lane {
    OpBuilder ops;
    EventWriter progress;
    JsonText json;
    IdMaker ids;
    // By connection; the connection's slot points to it. Here, so that a plugin that is replaced frees all of
    // them.
    std::unordered_map<std::uint64_t, std::unique_ptr<LeaseTable>> tables;
  };

  // ---- plugin.cpp ----
  Outcome open_vault();
  Outcome check_tokens() const;
  Outcome end_former_leases();
  Outcome load_accounts();
  void reload_accounts();
  LeaseTable& table_of(Call& call, Connection connection);
  // Null where the connection never had a table. Its slot is empty then.
  std::unique_ptr<LeaseTable> take_table(Call& call, Connection connection);
  // The connection's own clock, which stands still while the hub does not read it.
  std::int64_t clock(const LeaseTable& table) const { return host().monotonic_ns() - table.unread_ns; }
  // A new event in ops, told to come from the message's connection.
  OpBody<crawlhub_job_event> add_event(OpBuilder& ops, std::uint16_t event, std::uint32_t op_flags,
                                       const Message& message) const;
  void fill_sender(crawlhub_job_event& body, std::uint16_t event, const Message& message,
                   std::int64_t now_ns) const;
  void put_lease(LeaseTable& table, std::string_view job, const Lease& lease);
  void drop_lease(LeaseTable& table, std::string_view job);
  void raise(std::int32_t code, std::string_view text, std::string_view job,
             std::string_view account = {}) const;

  // ---- claim.cpp ----
  Outcome handle_request(Call& call, const Message& message);
  std::uint32_t how_many(const LeaseTable& table, const Message& message) const;
  void add_claim(OpBuilder& ops, const Message& message, std::uint32_t limit) const;
  void on_claimed(Call& call, Results results, std::unique_ptr<Claim> claim);
  void answer_claim(Call& call, LeaseTable& table, const crawlhub_result& result, const Claim& claim);
  // False where the job cannot be worked on: it is to be given back.
  bool take_job(LeaseTable& table, const Body<crawlhub_job>& job, const Claim& claim, JsonText& reply);
  void give_back(Call& call, LeaseTable& table, std::vector<Overdue> jobs);
  void report_blocked(const Body<crawlhub_claimed>& claimed) const;

  // ---- report.cpp ----
  Outcome handle_progress(Call& call, const Message& message);
  Outcome handle_report(Call& call, const Message& message);
  std::unique_ptr<Report> new_report(std::uint16_t event, const Message& message, const Lease* lease) const;
  void on_report(Call& call, Results results, std::unique_ptr<Report> report);
  void note_report(LeaseTable& table, const Report& report, const crawlhub_result& result,
                   const Body<crawlhub_job>& job);
  void publish_report(const Report& report, const Body<crawlhub_job>& job);
  void raise_failure(const Report& report, const Body<crawlhub_job>& job) const;
  std::int64_t distinct_time();

  // ---- token_request.cpp ----
  Outcome handle_token_request(Call& call, const Message& message);
  void on_token_asked(Call& call, Results results, std::unique_ptr<Report> report);
  void on_token_settled(Call& call, Results results, std::unique_ptr<Report> report);
  void answer_token(Call& call, std::string_view job, const std::optional<std::string>& token,
                    std::string_view error) const;

  // ---- expiry.cpp ----
  void add_lease_end(OpBuilder& ops, const Overdue& overdue, std::uint64_t connection,
                     std::int64_t wait_ns) const;
  void on_leases_ended(Call& call, Results results, std::unique_ptr<std::vector<Overdue>> overdue);
  // table: of the connection, null where that has ended.
  void lease_ended(LeaseTable* table, const Overdue& overdue, const crawlhub_result& result);
  void on_connection_ended(Call& call, Results results, std::unique_ptr<std::vector<LeftJob>> left);
  void tell(std::string_view job, News news);
  void take_news(LeaseTable& table);
  void sweep();
  std::uint64_t sweep_some();

  // ---- job_commands.cpp, account_commands.cpp, sections.cpp ----
  Outcome register_job_commands();
  Outcome jobs_add(CommandCall& call, std::string_view arguments);
  Outcome jobs_list(CommandCall& call, std::string_view arguments);
  Outcome jobs_counts(CommandCall& call, std::string_view arguments);
  Outcome jobs_show(CommandCall& call, std::string_view arguments);
  Outcome jobs_cancel(CommandCall& call, std::string_view arguments);
  Outcome jobs_retry(CommandCall& call, std::string_view arguments);
  Outcome add_jobs(CommandCall& call, const std::vector<JobInput>& jobs, bool list);
  // Whether queue_limit leaves room for so many more; where not, the call has failed.
  bool has_room(CommandCall& call, std::size_t more) const;
  Outcome change_job(CommandCall& call, std::string_view arguments, std::uint16_t event);
  Outcome register_account_commands();
  Outcome accounts_add(CommandCall& call, std::string_view arguments);
  Outcome accounts_list(CommandCall& call, std::string_view arguments);
  Outcome accounts_remove(CommandCall& call, std::string_view arguments);
  void wake_expired(std::string_view account);
  std::string status_section();
  std::string metrics_section();
  std::string drain_section();

  Config config_;
  std::unique_ptr<const Vault> vault_;
  AccountBook accounts_;
  PerLane<Lane> lanes_{host()};
  std::atomic<std::int64_t> held_{0};  // leases of all connections
  std::atomic<std::int64_t> last_failure_ms_{0};

  // What happened to jobs elsewhere: each connection looks at its next tick whether one was its own.
  std::mutex news_mutex_;
  std::deque<std::pair<std::string, News>> news_;  // the newest, numbered from news_count_ downwards
  std::atomic<std::uint64_t> news_count_{0};
};

}  // namespace crawlhub::jobs
