#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <crawlhub/storage_model/held_jobs.hpp>
#include <crawlhub/storage_model/job_table.hpp>
#include <crawlhub/storage_model/model.hpp>

namespace crawlhub::storage_memory {

using namespace storage_model;

struct Area {
  std::string full_path, gitlab_id, type, name, parent_id;
  std::int64_t created_ns = 0;
  std::set<std::string> accounts;
};

struct Entity {
  std::string name, path, parent_id, job;
};

struct ErrorRecord {
  std::string id;
  std::int32_t code = 0, category = 0, severity = 0;
  std::int64_t time_ns = 0;
  std::string message, details, stack, connection, job, crawler, account;
};

// Everything that the hub knows, in ordinary containers; the reference for other backends. Thread: one at a
// time.
class MemoryStore {
 public:
  using JobType = Job;

  Model& model() noexcept { return model_; }

  // What the engine asks (storage_model/model.hpp).
  Job* find(std::string_view id) noexcept { return table_.find(id); }
  bool create(const Job& fields, std::string& existing);
  void changed(Job& job, const JobPlace& before);
  void progress(Job& job, const Body<crawlhub_job_event>& event);
  void ready(const TypeFilter& filter, std::size_t limit, std::vector<Job*>& out);
  void due(Queue queue, std::int64_t now, std::size_t limit, std::vector<Job*>& out);
  void needing(NameId account, Queue queue, std::size_t limit, std::vector<Job*>& out);
  void held_by(std::uint64_t connection, std::vector<Job*>& out);
  void held_before(NameId hub, NameId incarnation, std::vector<Job*>& out);
  void account_put(const Account&) {}
  void account_removed(std::string_view) {}
  void put_area(const crawlhub_op& op, crawlhub_result& result);
  void put_entity(const crawlhub_op& op, crawlhub_result& result);
  void add_error(const crawlhub_op& op, crawlhub_result& result);

  // For queries. Rows begin at 1 and have no gaps.
  const std::deque<Job>& jobs() const noexcept { return jobs_; }
  const std::deque<Area>& areas() const noexcept { return areas_; }
  const std::deque<ErrorRecord>& errors() const noexcept { return errors_; }

 private:
  void enlist(Job& job);
  void delist(const Job& job, const JobPlace& place);

  Model model_;
  std::deque<Job> jobs_;
  JobTable<Job> table_;
  HeldJobs<Job> held_;
  std::map<std::pair<std::int64_t, std::string>, Job*> unique_keys_;        // (root row or 0, key)
  std::set<std::tuple<std::int64_t, std::int64_t>> ready_;                  // (-priority, row)
  std::map<Queue, std::set<std::pair<std::int64_t, std::int64_t>>> timed_;  // (run_at, row)
  std::map<std::pair<NameId, Queue>, std::set<std::int64_t>> needing_;      // rows
  std::deque<Area> areas_;
  std::map<std::pair<std::string, std::string>, std::size_t> area_places_;  // (gitlab id, type)
  std::map<std::pair<std::string, std::string>, Entity> entities_;          // (entity type, id)
  std::deque<ErrorRecord> errors_;
  std::set<std::string, std::less<>> error_ids_;
};

}  // namespace crawlhub::storage_memory
