// Leases: who holds a job, how that ends, and who may take it up again.
#pragma once

#include <crawlhub/testing/storage_contract/driver.hpp>

namespace crawlhub::inline sdk::testing::leases {

inline void running(StorageDriver& d, std::string_view job, const Sender& sender = {}) {
  d.add(job);
  demand_same(d.claim(sender).at(0).id, std::string(job), "the job that was claimed");
  d.event(job, CRAWLHUB_EVENT_STARTED, sender);
}

inline void a_report_revives_what_was_lost(StorageDriver& d) {
  d.account("acc");
  const Sender first{1, "", "first"};
  const Sender second{2, "", "first"};
  for (const std::uint16_t reason :
       {CRAWLHUB_LEASE_DISCONNECT, CRAWLHUB_LEASE_EXPIRED, CRAWLHUB_LEASE_NOT_STARTED}) {
    const std::string job = "job-" + std::to_string(reason);
    running(d, job, first);
    d.connection_end(first, reason, 60 * StorageDriver::kSecond);
    demand_same(d.status(job), "queued", "state after the connection's end");
    demand(d.claim(second).empty(), "a job is not handed to others before its wait is over");
    const Told told = d.progress(job, 7, 0, second);
    demand_same(told.status, CRAWLHUB_RESULT_OK, "a report of the last holder: status");
    demand_same(told.number, std::uint64_t{1}, "the revived lease keeps its number");
    demand_same(told.as<crawlhub_job>()->revived, 1, "the result says that it was revived");
    demand_same(d.job(job)["status"], "running", "state after the report");
    demand_same(d.job(job)["attempts"], 1, "attempts after the report");
    demand_same(d.progress(job, 8, 0, first).code, CRAWLHUB_E_NOT_HOLDER,
                "the connection before is no holder any more");
    d.command(job, CRAWLHUB_EVENT_CANCEL);
  }
}

inline void who_may_revive(StorageDriver& d) {
  d.account("acc");
  const Sender named{1, "crawler-a", "first"};
  running(d, "job", named);
  d.connection_end(named, CRAWLHUB_LEASE_DISCONNECT, 60 * StorageDriver::kSecond);
  demand_same(d.progress("job", 1, 0, {2, "crawler-b", "first"}).code, CRAWLHUB_E_NOT_HOLDER,
              "another crawler's report");
  demand_same(d.progress("job", 1, 0, {3, "", "first"}).code, CRAWLHUB_E_NOT_HOLDER,
              "a report without hello");
  demand_same(d.progress("job", 1, 0, {4, "crawler-a", "first"}).status, CRAWLHUB_RESULT_OK,
              "the same crawler's report");
  demand_same(d.job("job")["leasedTo"], "crawler-a", "who has it");
}

inline void what_ended_on_purpose_is_not_revived(StorageDriver& d) {
  d.account("acc");
  running(d, "failed");
  d.event("failed", CRAWLHUB_EVENT_FAILED);
  demand_same(d.progress("failed", 1).status, CRAWLHUB_RESULT_REFUSED, "progress after its own failure");
  demand_same(d.event("failed", CRAWLHUB_EVENT_FAILED).status, CRAWLHUB_RESULT_DUPLICATE,
              "the failure again");
  running(d, "retried");
  d.command("retried", CRAWLHUB_EVENT_CANCEL);
  d.command("retried", CRAWLHUB_EVENT_RETRY);
  demand_same(d.progress("retried", 1).status, CRAWLHUB_RESULT_REFUSED, "progress after cancel and retry");
  demand_same(d.status("retried"), "queued", "state after cancel and retry");
}

inline void an_old_lease_number_is_refused(StorageDriver& d) {
  d.account("acc");
  running(d, "job");
  d.connection_end({});
  d.now += 2 * StorageDriver::kSecond;
  const auto again = d.claim({2, "", "first"});
  demand_same(again.at(0).lease, std::uint64_t{2}, "number of the second lease");
  const auto echo = [](auto& event) {
    event->flags |= CRAWLHUB_HAS_LEASE;
    event->lease = 1;
  };
  demand_same(d.event("job", CRAWLHUB_EVENT_PROGRESS, {2, "", "first"}, echo).code, CRAWLHUB_E_STALE_LEASE,
              "a report that echoes the first");
  demand_same(d.command("job", CRAWLHUB_EVENT_LEASE_ENDS, 0, CRAWLHUB_LEASE_EXPIRED).status,
              CRAWLHUB_RESULT_OK, "the end of the present one");
}

inline void attempts_are_counted_and_given_back(StorageDriver& d) {
  d.account("acc");
  d.add("job");
  d.claim({});
  demand_same(d.job("job")["attempts"], 1, "attempts after a claim");
  d.connection_end({}, CRAWLHUB_LEASE_DISCONNECT, 0);
  demand_same(d.job("job")["attempts"], 0, "an attempt that was not started is given back");
  for (int attempt = 1; attempt <= 3; ++attempt) {
    demand_same(d.claim({}).at(0).attempts, static_cast<std::uint32_t>(attempt), "attempts in the claim");
    d.event("job", CRAWLHUB_EVENT_STARTED);
    d.event("job", CRAWLHUB_EVENT_FAILED, {},
            [](auto& event) { event.text(&crawlhub_job_event::error, std::string_view("no")); });
    d.now += 600 * StorageDriver::kSecond;
  }
  demand_same(d.status("job"), "failed", "state when attempts are spent");
  demand_same(d.job("job")["error"], "no", "the error is kept");
}

inline void a_lost_job_without_attempts_fails_after_its_wait(StorageDriver& d) {
  d.account("acc");
  d.add("job");
  for (int attempt = 0; attempt < 3; ++attempt) {
    d.claim({});
    d.event("job", CRAWLHUB_EVENT_STARTED);
    d.connection_end({});
    if (attempt < 2) d.now += 2 * StorageDriver::kSecond;
  }
  demand_same(d.status("job"), "queued", "state while it waits");
  demand_same(d.sweep().number, std::uint64_t{0}, "a sweep before the wait is over");
  d.now += 2 * StorageDriver::kSecond;
  demand(d.claim({}).empty(), "it is not handed out any more");
  const Told swept = d.sweep();
  demand_same(swept.number, std::uint64_t{1}, "a sweep after it");
  demand_same(std::string(reinterpret_cast<const char*>(swept.body.data()), swept.body_size), "job\n",
              "the ids it names");
  demand_same(d.status("job"), "failed", "state after the sweep");
}

inline void a_failure_waits_longer_each_time(StorageDriver& d) {
  d.account("acc");
  d.add("job");
  const double expected[] = {10, 20};
  for (const double seconds : expected) {
    d.claim({});
    const Told told = d.event("job", CRAWLHUB_EVENT_FAILED);
    const double waits = static_cast<double>(told.as<crawlhub_job>()->run_at_ns - d.now) / 1e9;
    demand(waits >= 0.9 * seconds && waits <= 1.1 * seconds,
           "the wait is the backoff, and 10 % more or less of it");
    d.now += 30 * StorageDriver::kSecond;
  }
}

inline void a_connection_end_frees_its_own_jobs_only(StorageDriver& d) {
  d.account("acc");
  running(d, "one", {1, "", "first"});
  running(d, "two", {2, "", "first"});
  demand_same(d.connection_end({1, "", "second"}).number, std::uint64_t{0},
              "a connection of another incarnation");
  demand_same(d.connection_end({1, "", "first"}).number, std::uint64_t{1}, "how many leases ended");
  demand_same(d.status("one"), "queued", "its job");
  demand_same(d.status("two"), "running", "another's job");
}

inline void a_hub_start_ends_the_leases_before_it(StorageDriver& d) {
  d.account("acc");
  running(d, "without", {1, "", "first"});
  running(d, "named", {2, "crawler-a", "first"});
  running(d, "own", {3, "", "second"});
  demand_same(d.hub_start("second").number, std::uint64_t{2}, "how many leases ended");
  demand_same(d.status("own"), "running", "a lease of the hub that starts");
  d.now += 11 * StorageDriver::kSecond;
  const auto early = d.claim({9, "", "second"}, 5);
  demand_same(early.size(), std::size_t{1}, "jobs after the shorter wait");
  demand_same(early[0].id, "named", "the holder that had said hello is waited for less");
  demand_same(d.job("without")["attempts"], 0, "a restart gives the attempt back");
  d.now += 50 * StorageDriver::kSecond;
  demand_same(d.claim({9, "", "second"}, 5).size(), std::size_t{1}, "jobs after the longer wait");
}

inline void pausing_without_control_frees_the_lease(StorageDriver& d) {
  d.account("acc");
  running(d, "job");
  d.command("job", CRAWLHUB_EVENT_PAUSE);
  demand(d.job("job")["leasedTo"].is_null(), "nobody has a job that was paused without control");
  demand_same(d.progress("job", 4).status, CRAWLHUB_RESULT_OK, "a report of the last holder on it");
  demand_same(d.status("job"), "paused", "state after the report");
  demand(d.claim({2, "", "first"}).empty(), "a paused job is not handed out");
  d.command("job", CRAWLHUB_EVENT_RESUME);
  demand_same(d.claim({2, "", "first"}).size(), std::size_t{1}, "a resumed one is");
}

inline void discoveries_are_taken_from_the_last_holder(StorageDriver& d) {
  d.account("acc");
  running(d, "job");
  d.event("job", CRAWLHUB_EVENT_FAILED);
  demand_same(d.event("job", CRAWLHUB_EVENT_DISCOVERED).status, CRAWLHUB_RESULT_OK,
              "a discovery after its failure");
  demand_same(d.status("job"), "queued", "it changes no state");
  demand_same(d.event("job", CRAWLHUB_EVENT_DISCOVERED, {5, "stranger", "first"}).code, CRAWLHUB_E_NOT_HOLDER,
              "a discovery of a crawler that never had it");
  demand_same(d.event("nothing", CRAWLHUB_EVENT_DISCOVERED).code, CRAWLHUB_E_UNKNOWN_JOB,
              "of an unknown job");
}

}  // namespace crawlhub::inline sdk::testing::leases
