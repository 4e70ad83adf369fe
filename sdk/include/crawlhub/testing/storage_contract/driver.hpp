// Drives a storage backend through its C table, in the words of the crawler's domain.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/flat.hpp>
#include <crawlhub/json.hpp>
#include <crawlhub/ops.hpp>
#include <crawlhub/testing/plugin_harness.hpp>
#include <crawlhub/testing/temporary_directory.hpp>

namespace crawlhub::inline sdk::testing {

// A backend broke the contract; says how.
class ContractBroken : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

inline void demand(bool met, std::string_view what) {
  if (!met) throw ContractBroken(std::string(what));
}
template <class A, class B>
void demand_same(const A& seen, const B& wanted, std::string_view what) {
  if (seen == wanted) return;
  throw ContractBroken(std::string(what) + ": " + nlohmann::json(seen).dump() + " instead of " +
                       nlohmann::json(wanted).dump());
}

// Large answers: only what differs is told, as a JSON patch.
inline void demand_equal(const nlohmann::json& seen, const nlohmann::json& wanted, std::string_view what) {
  if (seen != wanted)
    throw ContractBroken(std::string(what) + ": " + nlohmann::json::diff(seen, wanted).dump());
}

// The outcome of one operation, copied.
struct Told {
  std::int32_t status = 0, code = 0;
  std::uint64_t number = 0;
  std::string text;
  std::vector<std::uint64_t> body;  // aligned
  std::size_t body_size = 0;

  bool accepted() const { return status == CRAWLHUB_RESULT_OK || status == CRAWLHUB_RESULT_DUPLICATE; }
  template <class T>
  Body<T> as() const {
    return Body<T>(body.data(), body_size);
  }
};

// A job of a claim's result.
struct ClaimedJob {
  std::string id, entity_type, url, token, resume_state;
  std::uint64_t lease = 0;
  std::uint32_t attempts = 0;
};

// Who sends: a crawler on a connection.
struct Sender {
  std::uint64_t connection = 1;
  std::string crawler;  // empty: said no hello
  std::string incarnation = "first";
};

using EventEdit = std::function<void(OpBody<crawlhub_job_event>&)>;

// One instance of the backend, in a folder of its own. Time stands still but for what the test adds to now.
// Thread: one.
class StorageDriver {
 public:
  // file: the plugin. config: JSON without the path of the data, which the backend puts into the state
  // directory. folder: for its data; empty: a temporary one of its own. Errors: ContractBroken where it does
  // not start.
  explicit StorageDriver(const std::string& file, std::string config = "{}",
                         std::filesystem::path folder = {})
      : folder_(folder.empty() ? own_folder_.path() : std::move(folder)),
        config_(std::move(config)),
        plugin_(file) {
    plugin_.host().state_directory = plugin_.host().config_directory = folder_.string();
    open();
  }

  std::int64_t now = 1'700'000'000'000'000'000;
  static constexpr std::int64_t kSecond = 1'000'000'000;
  static constexpr std::string_view kHub = "hub-a";

  PluginHarness& plugin() noexcept { return plugin_; }
  const std::filesystem::path& folder() const noexcept { return folder_; }

  void restart() {
    demand(plugin_.stop(), "stop: the backend failed");
    open();
  }

  // ---- operations, gathered and committed ----

  OpBuilder& ops() noexcept { return ops_; }
  // Commits what was gathered. chained: as one submission; else each is one of its own.
  std::vector<Told> commit(bool chained = false) {
    const auto list = ops_.ops();
    std::vector<crawlhub_op> batch(list.begin(), list.end());
    std::vector<crawlhub_result> raw(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      batch[i].submission = chained ? 1 : i + 1;
      raw[i].struct_size = sizeof raw[i];
    }
    plugin_.storage()->commit(plugin_.self(), batch.data(), batch.size(), sizeof(crawlhub_op), raw.data(),
                              sizeof(crawlhub_result));
    std::vector<Told> told;
    for (const crawlhub_result& result : raw) told.push_back(copy(result));
    ops_.clear();
    return told;
  }
  Told commit_one() { return commit().at(0); }
  // Lets the backend do all its housekeeping.
  void settle() {
    plugin_.host().now_ns = now;
    while (plugin_.storage()->maintain != nullptr && plugin_.storage()->maintain(plugin_.self()) != 0) {
    }
  }

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

 private:
  void open() {
    plugin_.host().now_ns = now;
    if (plugin_.start(config_)) return;
    std::string said;
    for (const LogLine& line : plugin_.host().logs) said += line.text + "; ";
    throw ContractBroken("start: the backend failed: " + said);
  }
  static Told copy(const crawlhub_result& result) {
    Told told{result.status,   result.code, result.number, std::string(view(result.text)), {},
              result.body_size};
    told.body.resize((result.body_size + 7) / 8);
    if (result.body_size != 0) std::memcpy(told.body.data(), result.body, result.body_size);
    return told;
  }

  TemporaryDirectory own_folder_;
  std::filesystem::path folder_;
  std::string config_;
  PluginHarness plugin_;
  OpBuilder ops_;
};

}  // namespace crawlhub::inline sdk::testing
