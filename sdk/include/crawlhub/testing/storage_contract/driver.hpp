// Drives a storage backend in the words of the crawler's domain.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/testing/storage_contract/operation_driver.hpp>

namespace crawlhub::inline sdk::testing {

class StorageDriver : public OperationDriver {
 public:
  using OperationDriver::OperationDriver;

  // ---- the domain ----

  Told account(std::string_view name, std::string_view token = "secret",
               std::string_view url = "https://git.example") {
    auto put = ops_.add<crawlhub_account_put>(CRAWLHUB_OP_ACCOUNT_PUT, 0, name);
    put->now_ns = now;
    put.text(&crawlhub_account_put::token, token).text(&crawlhub_account_put::url, url);
    return commit_one();
  }

  OpBody<crawlhub_job_add> adding(std::string_view id, std::string_view type = "issue",
                                  std::int32_t priority = 1) {
    auto add = ops_.add<crawlhub_job_add>(CRAWLHUB_OP_JOB_ADD, 0, id);
    add->now_ns = now;
    add->priority = priority;
    add.text(&crawlhub_job_add::entity_type, type).text(&crawlhub_job_add::account, std::string_view("acc"));
    add.text(&crawlhub_job_add::entity_id, std::string("group/") + std::string(id));
    return add;
  }
  Told add(std::string_view id, std::string_view type = "issue", std::int32_t priority = 1) {
    adding(id, type, priority);
    return commit_one();
  }

  void claiming(const Sender& to, std::uint32_t limit, std::string_view types = "") {
    auto claim = ops_.add<crawlhub_job_claim>(CRAWLHUB_OP_JOB_CLAIM, CRAWLHUB_OP_RELAXED, "");
    claim->limit = limit;
    claim->connection = to.connection;
    claim->now_ns = now;
    claim.text(&crawlhub_job_claim::hub, kHub).text(&crawlhub_job_claim::incarnation, to.incarnation);
    claim.text(&crawlhub_job_claim::crawler, to.crawler).text(&crawlhub_job_claim::entity_types, types);
  }
  std::vector<ClaimedJob> claim(const Sender& to, std::uint32_t limit = 1, std::string_view types = "") {
    claiming(to, limit, types);
    return claimed(commit_one());
  }
  static std::vector<ClaimedJob> claimed(const Told& told) {
    demand_same(told.status, CRAWLHUB_RESULT_OK, "claim: status");
    const auto head = told.as<crawlhub_claimed>();
    demand(head.valid(), "claim: the result has no body");
    std::vector<ClaimedJob> jobs;
    const char* at = reinterpret_cast<const char*>(told.body.data());
    std::size_t offset = sizeof(crawlhub_claimed);
    for (std::uint32_t i = 0; i < head->count; ++i) {
      const Body<crawlhub_job> job(at + offset, told.body_size - offset);
      demand(job.valid() && job->size % 8 == 0, "claim: a job in the result is not well formed");
      jobs.push_back({std::string(job.text(&crawlhub_job::id)),
                      std::string(job.text(&crawlhub_job::entity_type)),
                      std::string(job.text(&crawlhub_job::url)), std::string(job.text(&crawlhub_job::token)),
                      std::string(job.text(&crawlhub_job::resume_state)), job->lease, job->attempts});
      offset += job->size;
    }
    return jobs;
  }

  // An event from sender; edit fills in more.
  void eventing(std::string_view job, std::uint16_t event, const Sender& sender = {},
                const EventEdit& edit = {}, std::uint32_t op_flags = 0) {
    auto body = ops_.add<crawlhub_job_event>(CRAWLHUB_OP_JOB_EVENT, op_flags, job);
    body->event = event;
    body->now_ns = now;
    body->connection = sender.connection;
    body->max_attempts = 3;
    body->wait_ns = 10 * kSecond;
    body->wait_most_ns = 600 * kSecond;
    body->wait_factor = 2;
    if (!sender.crawler.empty()) body->flags |= CRAWLHUB_HAS_HELLO;
    body.text(&crawlhub_job_event::hub, kHub).text(&crawlhub_job_event::incarnation, sender.incarnation);
    body.text(&crawlhub_job_event::crawler, sender.crawler);
    if (edit) edit(body);
  }
  Told event(std::string_view job, std::uint16_t event, const Sender& sender = {},
             const EventEdit& edit = {}) {
    eventing(job, event, sender, edit);
    return commit_one();
  }
  // From an operator or the hub itself.
  Told command(std::string_view job, std::uint16_t event, std::uint32_t flags = 0, std::uint16_t reason = 0) {
    return this->event(job, event, {}, [&](auto& body) {
      body->flags |= CRAWLHUB_BY_OPERATOR | flags;
      body->reason = reason;
    });
  }
  Told progress(std::string_view job, double processed, double total = 0, const Sender& sender = {}) {
    return event(job, CRAWLHUB_EVENT_PROGRESS, sender, [&](auto& body) {
      body->flags |= CRAWLHUB_HAS_PROCESSED | (total > 0 ? CRAWLHUB_HAS_TOTAL : 0);
      body->processed = processed;
      body->total = total;
      body.text(&crawlhub_job_event::stage, std::string_view("fetching"));
    });
  }
  Told connection_end(const Sender& of, std::uint32_t reason = CRAWLHUB_LEASE_DISCONNECT,
                      std::int64_t wait = kSecond) {
    auto end = ops_.add<crawlhub_connection_end>(CRAWLHUB_OP_CONNECTION_END, 0, "");
    end->reason = reason;
    end->connection = of.connection;
    end->now_ns = now;
    end->wait_ns = wait;
    end->max_attempts = 3;
    end.text(&crawlhub_connection_end::hub, kHub).text(&crawlhub_connection_end::incarnation, of.incarnation);
    return commit_one();
  }
  Told hub_start(std::string_view incarnation) {
    auto start = ops_.add<crawlhub_hub_start>(CRAWLHUB_OP_HUB_START, 0, kHub);
    start->now_ns = now;
    start->wait_hello_ns = 10 * kSecond;
    start->wait_without_ns = 60 * kSecond;
    start.text(&crawlhub_hub_start::incarnation, incarnation);
    return commit_one();
  }
  Told sweep(std::uint32_t max_attempts = 3) {
    auto sweep = ops_.add<crawlhub_job_sweep>(CRAWLHUB_OP_JOB_SWEEP, 0, "");
    sweep->now_ns = now;
    sweep->max_attempts = max_attempts;
    return commit_one();
  }

  // ---- queries ----

  nlohmann::json query(std::uint32_t kind, const nlohmann::json& parameters = nlohmann::json::object()) {
    const Answer answer = plugin_.query(kind, parameters.dump());
    demand(static_cast<bool>(answer), "query " + std::to_string(kind) + " failed: " + answer.text);
    const auto json = parse_json(answer.text);
    demand(json.has_value(), "query " + std::to_string(kind) + " answered what is not JSON: " + answer.text);
    return *json;
  }
  nlohmann::json job(std::string_view id) { return query(CRAWLHUB_QUERY_JOB_GET, {{"id", id}}); }
  std::string status(std::string_view id) { return job(id).value("status", "none"); }
};

}  // namespace crawlhub::inline sdk::testing
