// A job as a backend holds it in memory while it works on it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <crawlhub/abi/job_rules.h>
#include <crawlhub/storage_model/names.hpp>
#include <crawlhub/storage_model/progress.hpp>

namespace crawlhub::storage_model {

// In which list of waiting jobs a job stands; numbers are stored.
enum class Queue : std::uint8_t {
  kNone = 0,     // not waiting for anything here
  kReady = 1,    // may be claimed
  kWaiting = 2,  // not before run_at
  kBlocked = 3,  // its account is missing or has no token or URL
  kSpent = 4,    // no attempt is left: fails at run_at, unless its last holder comes back
  kExpired = 5,  // its account needs a new token
};

// Who holds the job, or held it last.
struct Lease {
  std::uint16_t end = CRAWLHUB_LEASE_NEVER;  // HELD while somebody holds it
  NameId hub = 0, incarnation = 0;
  NameId crawler = 0;  // 0: said no hello
  std::uint64_t number = 0;
  std::uint64_t connection = 0;
  bool held() const noexcept { return end == CRAWLHUB_LEASE_HELD; }
};

// What changes with a transition and decides where the job is listed.
struct JobPlace {
  std::uint16_t state = 0;
  Queue queue = Queue::kNone;
  bool held = false;
  std::int64_t run_at_ns = 0;
  std::uint64_t connection = 0;
};

struct Job {
  std::string id;
  std::int64_t row = 0;  // grows with each new job: the order of lists, and of claims of one priority

  std::uint16_t state = CRAWLHUB_JOB_QUEUED;
  std::uint16_t former_state = 0;  // of a paused one
  Queue queue = Queue::kNone;
  std::int32_t priority = 1;
  std::uint32_t attempts = 0;
  std::uint32_t group = 0;  // of Counters: its account and entity type
  Lease lease;
  Progress progress;

  NameId entity_type = 0, account = 0, provider = 0, url = 0;
  std::int64_t created_ns = 0, started_ns = 0, finished_ns = 0, run_at_ns = 0;
  std::int64_t root_row = 0;  // of its first ancestor; its own for a root
  std::string root, spawned_from;
  std::string entity_id, unique_key, gitlab_id, name, command, data;
  std::string error, error_type, detail;

  std::size_t held_place = 0;  // in HeldJobs

  JobPlace place() const noexcept { return {state, queue, lease.held(), run_at_ns, lease.connection}; }
};

}  // namespace crawlhub::storage_model
