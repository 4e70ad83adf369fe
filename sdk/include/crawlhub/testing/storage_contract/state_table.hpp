// The state table of the protocol, cell by cell, as docs/protocol.md writes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <crawlhub/testing/storage_contract/driver.hpp>

namespace crawlhub::inline sdk::testing {

// What an event of the holder (or an operator) does to a job: the state it is in afterwards, "dup" (accepted,
// changed nothing), or "refuse".
struct StateRow {
  std::string_view name;
  std::uint16_t event;
  // queued (never handed out), assigned, running, paused, waiting, renewed, expired, finished, failed,
  // cancelled
  std::string_view cells[10];
};

constexpr std::string_view kStateColumns[10] = {"queued",
                                                "assigned",
                                                "running",
                                                "paused",
                                                "waiting_credential_renewal",
                                                "credential_renewed",
                                                "credential_expired",
                                                "finished",
                                                "failed",
                                                "cancelled"};

// clang-format off
constexpr StateRow kStateRows[] = {
    {"started", CRAWLHUB_EVENT_STARTED,
     {"refuse", "running", "dup", "dup", "dup", "running", "refuse", "dup", "dup", "refuse"}},
    {"progress", CRAWLHUB_EVENT_PROGRESS,
     {"refuse", "running", "running", "paused", "waiting_credential_renewal", "running", "refuse", "refuse", "refuse", "refuse"}},
    {"completed", CRAWLHUB_EVENT_COMPLETED,
     {"refuse", "finished", "finished", "finished", "finished", "finished", "finished", "dup", "dup", "refuse"}},
    {"completed badly", CRAWLHUB_EVENT_COMPLETED_BADLY,
     {"refuse", "failed", "failed", "failed", "failed", "failed", "credential_expired", "dup", "dup", "refuse"}},
    {"failed", CRAWLHUB_EVENT_FAILED,
     {"refuse", "queued", "queued", "paused", "queued", "queued", "credential_expired", "dup", "dup", "refuse"}},
    {"token request", CRAWLHUB_EVENT_TOKEN_REQUEST,
     {"refuse", "waiting_credential_renewal", "waiting_credential_renewal", "refuse", "dup", "waiting_credential_renewal", "refuse", "refuse", "refuse", "refuse"}},
    {"token renewed", CRAWLHUB_EVENT_TOKEN_RENEWED,
     {"refuse", "refuse", "refuse", "refuse", "credential_renewed", "refuse", "queued", "refuse", "refuse", "refuse"}},
    {"token expired", CRAWLHUB_EVENT_TOKEN_EXPIRED,
     {"refuse", "refuse", "refuse", "refuse", "credential_expired", "refuse", "refuse", "refuse", "refuse", "refuse"}},
    {"lease ends", CRAWLHUB_EVENT_LEASE_ENDS,
     {"dup", "queued", "queued", "paused", "queued", "queued", "dup", "dup", "dup", "dup"}},
    {"timeout", CRAWLHUB_EVENT_TIMEOUT,
     {"dup", "dup", "queued", "dup", "dup", "queued", "dup", "dup", "dup", "dup"}},
    {"cancel", CRAWLHUB_EVENT_CANCEL,
     {"cancelled", "cancelled", "cancelled", "cancelled", "cancelled", "cancelled", "cancelled", "refuse", "refuse", "refuse"}},
    {"pause", CRAWLHUB_EVENT_PAUSE,
     {"paused", "paused", "paused", "dup", "refuse", "paused", "refuse", "refuse", "refuse", "refuse"}},
    {"resume", CRAWLHUB_EVENT_RESUME,
     {"dup", "dup", "dup", "running", "dup", "dup", "refuse", "refuse", "refuse", "refuse"}},
    {"retry", CRAWLHUB_EVENT_RETRY,
     {"dup", "refuse", "refuse", "refuse", "refuse", "refuse", "queued", "refuse", "queued", "queued"}},
    {"discovered", CRAWLHUB_EVENT_DISCOVERED,
     {"refuse", "running", "running", "paused", "waiting_credential_renewal", "credential_renewed", "credential_expired", "finished", "failed", "cancelled"}},
};
// clang-format on

namespace state_table {

inline bool by_crawler(std::uint16_t event) {
  return event <= CRAWLHUB_EVENT_TOKEN_REQUEST || event == CRAWLHUB_EVENT_DISCOVERED;
}

inline Told send(StorageDriver& driver, std::string_view job, std::uint16_t event) {
  if (by_crawler(event)) return driver.event(job, event);
  return driver.command(job, event, event == CRAWLHUB_EVENT_PAUSE ? CRAWLHUB_KEEP_LEASE : 0,
                        event == CRAWLHUB_EVENT_LEASE_ENDS ? CRAWLHUB_LEASE_EXPIRED : 0);
}

// Brings a new job into the state of a column, with the default sender as its holder, now or last.
inline void prepare(StorageDriver& driver, const std::string& job, std::string_view state) {
  demand(driver.add(job).status == CRAWLHUB_RESULT_OK, "adding a job");
  if (state == "queued") return;
  demand_same(driver.claim({}).at(0).id, job, "the job that was claimed");
  if (state == "assigned") return;
  send(driver, job, CRAWLHUB_EVENT_STARTED);
  if (state == "paused") send(driver, job, CRAWLHUB_EVENT_PAUSE);
  if (state == "finished") send(driver, job, CRAWLHUB_EVENT_COMPLETED);
  if (state == "failed") send(driver, job, CRAWLHUB_EVENT_COMPLETED_BADLY);
  if (state == "cancelled") send(driver, job, CRAWLHUB_EVENT_CANCEL);
  if (state.starts_with("waiting") || state.starts_with("credential")) {
    send(driver, job, CRAWLHUB_EVENT_TOKEN_REQUEST);
  }
  if (state == "credential_renewed") send(driver, job, CRAWLHUB_EVENT_TOKEN_RENEWED);
  if (state == "credential_expired") send(driver, job, CRAWLHUB_EVENT_TOKEN_EXPIRED);
  demand_same(driver.status(job), state, "state of the job before the event");
}

inline void check_cell(StorageDriver& driver, const StateRow& row, std::size_t column) {
  const std::string before(kStateColumns[column]);
  const std::string what = std::string(row.name) + " on " + before;
  const std::string job = "job-" + std::to_string(row.event) + "-" + std::to_string(column);
  prepare(driver, job, before);
  const Told told = send(driver, job, row.event);
  const std::string_view cell = row.cells[column];
  const bool changes = cell != "dup" && cell != "refuse";
  demand_same(told.status,
              cell == "dup"      ? CRAWLHUB_RESULT_DUPLICATE
              : cell == "refuse" ? CRAWLHUB_RESULT_REFUSED
                                 : CRAWLHUB_RESULT_OK,
              what + ": status of the result");
  demand_same(driver.status(job), changes ? std::string(cell) : before, what + ": state afterwards");
  demand(told.accepted() || (told.code != 0 && !told.text.empty()),
         what + ": a refusal has a code and a sentence");
  if (told.accepted() && (changes ? row.event != CRAWLHUB_EVENT_PROGRESS : false)) {
    const auto body = told.as<crawlhub_job>();
    demand(body.valid(), what + ": the result shows the job");
    demand_same(body.text(&crawlhub_job::id), job, what + ": id in the result");
  }
  // Nobody may be left with something to claim for the next cell.
  driver.command(job, CRAWLHUB_EVENT_CANCEL);
}

inline void check_all(StorageDriver& driver) {
  driver.account("acc");
  for (const StateRow& row : kStateRows) {
    for (std::size_t column = 0; column < std::size(kStateColumns); ++column) check_cell(driver, row, column);
  }
}

}  // namespace state_table

}  // namespace crawlhub::inline sdk::testing
