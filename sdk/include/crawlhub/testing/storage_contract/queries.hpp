// Lists, pages and counters.
#pragma once

#include <thread>

#include <crawlhub/testing/storage_contract/leases.hpp>

namespace crawlhub::inline sdk::testing::queries {

inline void pages_cover_a_list_once(StorageDriver& d) {
  d.account("acc");
  for (int i = 0; i < 25; ++i) d.add("job-" + std::to_string(i), i % 2 == 0 ? "issue" : "commit");
  d.claim({}, 7, "issue\n");
  const auto pages = [&](nlohmann::json parameters) {
    std::string text;
    for (int page = 0; page < 30; ++page) {
      const auto answer = d.query(CRAWLHUB_QUERY_JOBS_LIST, parameters);
      for (const auto& job : answer["jobs"]) text += job["id"].get<std::string>().substr(4) + " ";
      if (answer["next"].is_null()) return text;
      parameters["after"] = answer["next"];
    }
    throw ContractBroken("the pages of a list never end");
  };
  std::string all;
  std::string issues;
  for (int i = 24; i >= 0; --i) {
    all += std::to_string(i) + " ";
    if (i % 2 == 0) issues += std::to_string(i) + " ";
  }
  demand_same(pages({{"limit", 4}}), all, "all jobs, newest first, four a page");
  demand_same(pages({{"limit", 25}}), all, "in one page");
  demand_same(pages({{"limit", 5}, {"entityType", "issue"}}), issues, "of one type");
  demand_same(pages({{"limit", 2}, {"status", "assigned"}}), "12 10 8 6 4 2 0 ", "of one state");
  demand_same(pages({{"status", "queued"}, {"entityType", "issue"}, {"account", "acc"}}),
              "24 22 20 18 16 14 ", "of a state, a type and an account");
  demand_same(pages({{"account", "nobody"}}), "", "of an account without jobs");
  const Answer nonsense = d.plugin().query(CRAWLHUB_QUERY_JOBS_LIST, R"({"status":"lost"})");
  demand(nonsense.outcome == Outcome::kRefused && !nonsense.text.empty(),
         "an unknown state is refused, with a reason");
}

inline void counters_agree_with_the_jobs(StorageDriver& d) {
  d.account("acc");
  for (int i = 0; i < 6; ++i) d.add("job-" + std::to_string(i), i < 3 ? "issue" : "commit");
  d.claim({}, 4);
  d.event("job-0", CRAWLHUB_EVENT_STARTED);
  d.event("job-1", CRAWLHUB_EVENT_COMPLETED);
  d.command("job-5", CRAWLHUB_EVENT_CANCEL);
  const auto counts = d.query(CRAWLHUB_QUERY_JOB_COUNTS);
  demand_same(counts.size(), std::size_t{10}, "one counter a state");
  demand_same(counts["queued"], 1, "queued");
  demand_same(counts["assigned"], 2, "assigned");
  demand_same(counts["running"], 1, "running");
  demand_same(counts["finished"], 1, "finished");
  demand_same(counts["cancelled"], 1, "cancelled");
  demand_same(d.query(CRAWLHUB_QUERY_ENTITY_COUNTS)["jobs"]["commit"],
              (nlohmann::json{{"queued", 1}, {"assigned", 1}, {"cancelled", 1}}), "of one type");
}

inline void progress_of_living_jobs(StorageDriver& d) {
  d.account("acc");
  leases::running(d, "running");
  d.progress("running", 3, 4);
  leases::running(d, "lost", {2, "", "first"});
  d.progress("lost", 2, 4, {2, "", "first"});
  d.connection_end({2, "", "first"}, CRAWLHUB_LEASE_DISCONNECT, 60 * StorageDriver::kSecond);
  leases::running(d, "finished");
  d.event("finished", CRAWLHUB_EVENT_COMPLETED);
  d.add("queued");
  const auto page = d.query(CRAWLHUB_QUERY_PROGRESS, {{"limit", 1}});
  demand_same(page["jobs"].at(0)["id"], "running", "the oldest comes first");
  demand_same(page["jobs"][0]["progress"]["overall_completion"], 0.75, "its completion");
  const auto rest = d.query(CRAWLHUB_QUERY_PROGRESS, {{"limit", 10}, {"after", page["next"]}});
  demand_same(rest["jobs"].size(), std::size_t{1}, "jobs of the next page");
  demand_same(rest["jobs"][0]["id"], "lost", "one that waits for its crawler");
  demand(rest["next"].is_null(), "there are no more");
}

inline void every_result_that_was_told_is_seen(StorageDriver& d) {
  d.account("acc");
  leases::running(d, "job");
  for (int i = 1; i <= 200; ++i) {
    d.progress("job", i);
    demand_same(d.job("job")["progress"]["entities"][0]["total_processed"], i, "progress just told");
    const auto list = d.query(CRAWLHUB_QUERY_JOBS_LIST, {{"status", "running"}});
    demand_same(list["jobs"][0]["progress"]["entities"][0]["total_processed"], i, "the same in a list");
    if (i % 50 == 0) d.settle();
  }
}

// Two readers beside the writer: answers must be whole, and never go back.
inline void readers_run_beside_the_writer(StorageDriver& d) {
  d.account("acc");
  leases::running(d, "job");
  d.progress("job", 0);
  std::atomic<bool> done{false};
  std::atomic<int> broken{0};
  const auto read = [&](std::uint32_t lane) {
    double last = 0;
    while (!done) {
      const auto answer = parse_json(d.plugin().query(CRAWLHUB_QUERY_JOB_GET, R"({"id":"job"})", lane).text);
      const double seen = answer ? (*answer)["progress"]["entities"][0]["total_processed"].get<double>() : -1;
      if (seen < last) ++broken;
      last = seen;
      if (!parse_json(d.plugin().query(CRAWLHUB_QUERY_JOBS_LIST, "{}", lane).text)) ++broken;
    }
  };
  std::thread one(read, 0u);
  std::thread two(read, 1u);
  for (int i = 1; i <= 500; ++i) {
    d.progress("job", i);
    if (i % 20 == 0) d.add("more-" + std::to_string(i));
    if (i % 100 == 0) d.settle();
  }
  done = true;
  one.join();
  two.join();
  demand_same(broken.load(), 0, "answers that were not whole, or older than one before");
}

inline void nonsense_is_refused(StorageDriver& d) {
  for (const char* parameters : {"[", "7", R"({"after":"nonsense"})"}) {
    const Answer answer = d.plugin().query(CRAWLHUB_QUERY_JOBS_LIST, parameters);
    demand(answer.outcome == Outcome::kRefused && !answer.text.empty(),
           std::string("parameters are refused, with a reason: ") + parameters);
  }
  demand(d.plugin().query(4711, "{}").outcome == Outcome::kRefused, "an unknown kind of query is refused");
  demand(d.query(CRAWLHUB_QUERY_JOB_GET, {{"id", "nothing"}}).is_null(), "an unknown job is null");
}

}  // namespace crawlhub::inline sdk::testing::queries
