// What durable backends keep over a restart.
#pragma once

#include <crawlhub/testing/storage_contract/leases.hpp>
#include <crawlhub/testing/storage_contract/records.hpp>

namespace crawlhub::inline sdk::testing::restart {

// Everything that queries show of a backend.
inline nlohmann::json all_of(StorageDriver& d) {
  nlohmann::json all;
  all["counts"] = d.query(CRAWLHUB_QUERY_JOB_COUNTS);
  all["entities"] = d.query(CRAWLHUB_QUERY_ENTITY_COUNTS);
  all["accounts"] = d.query(CRAWLHUB_QUERY_ACCOUNTS);
  all["areas"] = d.query(CRAWLHUB_QUERY_AREAS, {{"limit", 1000}});
  all["errors"] = d.query(CRAWLHUB_QUERY_ERRORS_LIST, {{"limit", 1000}});
  all["progress"] = d.query(CRAWLHUB_QUERY_PROGRESS, {{"limit", 1000}});
  const auto list = d.query(CRAWLHUB_QUERY_JOBS_LIST, {{"limit", 1000}});
  for (const auto& job : list["jobs"]) {
    all["jobs"].push_back(d.job(job["id"].get<std::string>()));
  }
  return all;
}

inline void everything_is_there_again(StorageDriver& d) {
  d.account("acc");
  records::area(d, "a/b", "1", "group", "acc");
  for (int i = 0; i < 20; ++i) d.add("job-" + std::to_string(i), i % 3 == 0 ? "issue" : "commit", i % 4);
  for (const auto& job : d.claim({}, 12)) d.progress(job.id, 5, 9);
  d.event("job-3", CRAWLHUB_EVENT_COMPLETED, {}, [](auto& event) {
    event.text(&crawlhub_job_event::detail, std::string_view(R"({"finalCounts":{"commit":77}})"));
  });
  d.event("job-7", CRAWLHUB_EVENT_FAILED);
  d.command("job-11", CRAWLHUB_EVENT_PAUSE);
  const auto before = all_of(d);
  for (int round = 0; round < 2; ++round) {
    d.restart();
    demand_equal(all_of(d), before, "what queries answer after a restart");
  }
}

inline void leases_and_their_order_go_on(StorageDriver& d) {
  d.account("acc");
  leases::running(d, "job");
  d.add("old");
  d.restart();
  d.add("young");
  demand_same(d.progress("job", 9).status, CRAWLHUB_RESULT_OK, "a report of the same lease");
  demand_same(d.hub_start("second").number, std::uint64_t{1}, "leases that the restart ends");
  demand_same(d.claim({5, "", "second"}, 3).size(), std::size_t{2}, "jobs to claim");
  d.now += 61 * StorageDriver::kSecond;
  demand_same(d.claim({5, "", "second"}, 3).at(0).lease, std::uint64_t{2},
              "the next lease has the next number");
}

}  // namespace crawlhub::inline sdk::testing::restart
