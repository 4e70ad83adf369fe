// A plugin with a real storage behind it: what it submits is committed by storage-memory, and its queries are
// answered.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>
#include <stdlib.h>

#include <crawlhub/testing/plugin_harness.hpp>

namespace crawlhub::test {

using nlohmann::json;
using testing::Crawler;
using testing::Exchange;
using testing::PluginHarness;
using testing::RecordedOp;
using testing::ScriptedResult;

// A directory of this test's own, removed at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string path = (std::filesystem::temp_directory_path() / "crawlhub-test-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = path;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class Storage {
 public:
  Storage() : plugin_(STORAGE_FILE) {
    if (!plugin_.start("{}")) throw std::runtime_error("storage-memory does not start");
  }

  // Puts it behind a plugin's host. It must outlive the plugin.
  void serve(PluginHarness& plugin) {
    plugin.host().on_op = [this](const RecordedOp& op) { return commit(op); };
    plugin.host().on_query = [this](std::uint32_t kind, std::string_view parameters) {
      return query(kind, parameters);
    };
  }
  Answer query(std::uint32_t kind, std::string_view parameters) {
    Answer answer;
    answer.outcome = Outcome{
        plugin_.storage()->query(plugin_.self(), 0, kind, str(parameters), append_to_string, &answer.text)};
    return answer;
  }
  json list(std::string_view parameters) {
    return json::parse(query(CRAWLHUB_QUERY_JOBS_LIST, parameters).text).at("jobs");
  }
  json job(const std::string& id) {
    return json::parse(query(CRAWLHUB_QUERY_JOB_GET, json{{"id", id}}.dump()).text);
  }

  // For tests of plugins that find jobs and accounts there. The hub is the fake host.
  void add_account(const std::string& name) {
    const auto op = fresh().add<crawlhub_account_put>(CRAWLHUB_OP_ACCOUNT_PUT, 0, name);
    op->now_ns = now_ns;
    op.text(&crawlhub_account_put::provider, "gitlab-onprem")
        .text(&crawlhub_account_put::url, "https://git.acme.org");
    op.text(&crawlhub_account_put::token, "sealed");
    commit_own();
  }
  std::string add_job(const std::string& entity_type, const std::string& entity_id,
                      const std::string& account) {
    const std::string id = "job-" + std::to_string(++jobs_);
    const auto op = fresh().add<crawlhub_job_add>(CRAWLHUB_OP_JOB_ADD, 0, id);
    op->now_ns = now_ns;
    op.text(&crawlhub_job_add::entity_type, entity_type).text(&crawlhub_job_add::entity_id, entity_id);
    op.text(&crawlhub_job_add::account, account);
    commit_own();
    return id;
  }
  // Leases all that is queued to a connection.
  void claim(std::uint64_t connection, const std::string& crawler) {
    const auto op = fresh().add<crawlhub_job_claim>(CRAWLHUB_OP_JOB_CLAIM, 0, "");
    op->limit = 1000;
    op->connection = connection;
    op->now_ns = now_ns;
    op.text(&crawlhub_job_claim::hub, "hub-test").text(&crawlhub_job_claim::incarnation, "incarnation-1");
    op.text(&crawlhub_job_claim::crawler, crawler);
    commit_own();
  }
  void progress(const std::string& job, std::uint64_t connection, double processed, double total) {
    const auto op = fresh().add<crawlhub_job_event>(CRAWLHUB_OP_JOB_EVENT, 0, job);
    op->event = CRAWLHUB_EVENT_PROGRESS;
    op->flags = CRAWLHUB_HAS_PROCESSED | CRAWLHUB_HAS_TOTAL;
    op->connection = connection;
    op->now_ns = now_ns;
    op->processed = processed;
    op->total = total;
    op.text(&crawlhub_job_event::hub, "hub-test").text(&crawlhub_job_event::incarnation, "incarnation-1");
    commit_own();
  }
  void end_connection(std::uint64_t connection) {
    const auto op = fresh().add<crawlhub_connection_end>(CRAWLHUB_OP_CONNECTION_END, 0, "");
    op->reason = CRAWLHUB_LEASE_DISCONNECT;
    op->connection = connection;
    op->now_ns = now_ns;
    op.text(&crawlhub_connection_end::hub, "hub-test")
        .text(&crawlhub_connection_end::incarnation, "incarnation-1");
    commit_own();
  }
  std::int64_t now_ns = 1'700'000'000'000'000'000;

 private:
  OpBuilder& fresh() {
    ops_.clear();
    return ops_;
  }
  void commit_own() {
    if (const auto result = commit(ops_.ops()[0]); result.status > CRAWLHUB_RESULT_DUPLICATE) {
      throw std::runtime_error("the storage refused: " + result.text);
    }
  }
  // The fake host hands over one operation a time, so what is chained to a refused one is skipped here.
  ScriptedResult commit(const RecordedOp& recorded) {
    const bool chained = (recorded.flags & CRAWLHUB_OP_CHAINED) != 0;
    if (chained && head_refused_) return {CRAWLHUB_RESULT_SKIPPED, CRAWLHUB_E_SKIPPED, 0, "skipped", {}};
    crawlhub_op op{};
    op.struct_size = sizeof op;
    op.kind = recorded.kind;
    op.flags = recorded.flags;
    op.body_size = static_cast<std::uint32_t>(recorded.bytes.size());
    op.key = str(recorded.key);
    op.body = recorded.bytes.data();
    const ScriptedResult result = commit(op);
    if (!chained) head_refused_ = result.status > CRAWLHUB_RESULT_DUPLICATE;
    return result;
  }
  ScriptedResult commit(const crawlhub_op& op) {
    crawlhub_result result{};
    result.struct_size = sizeof result;
    plugin_.storage()->commit(plugin_.self(), &op, 1, sizeof op, &result, sizeof result);
    const char* body = static_cast<const char*>(result.body);
    return {result.status,
            result.code,
            result.number,
            std::string(view(result.text)),
            {body, body + result.body_size}};
  }

  PluginHarness plugin_;
  OpBuilder ops_;
  int jobs_ = 0;
  bool head_refused_ = false;
};

}  // namespace crawlhub::test
