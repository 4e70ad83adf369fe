// The leases of one connection, as this hub watches over them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/abi/storage_ops.h>
#include <crawlhub/json_value.hpp>
#include <crawlhub/text_map.hpp>

namespace crawlhub::jobs {

// Times are on the connection's own clock, which stands still while the hub does not read the connection.
struct Lease {
  std::uint64_t number = 0;
  std::uint32_t attempts = 0;
  std::uint32_t state = CRAWLHUB_JOB_ASSIGNED;  // as far as is known here
  bool ending = false;                          // its end is on its way to the storage
  std::int64_t given_ns = 0;
  std::int64_t spoke_ns = 0;  // the last message of the job's own
  std::int64_t heard_ns = 0;  // that, or a heartbeat

  bool started() const noexcept { return state != CRAWLHUB_JOB_ASSIGNED; }
};

struct LeaseLimits {
  std::int64_t lease_ns, silence_ns, start_within_ns;
};

// A lease that has run out.
struct Overdue {
  std::string job;
  std::uint64_t number;
  std::uint32_t attempts;
  std::uint32_t reason;  // CRAWLHUB_LEASE_EXPIRED or CRAWLHUB_LEASE_NOT_STARTED
};

// Thread: the connection's lane.
class LeaseTable {
 public:
  explicit LeaseTable(std::uint64_t connection) : connection_(connection) {}

  std::uint64_t connection() const noexcept { return connection_; }
  std::size_t size() const noexcept { return leases_.size(); }
  // Null where the connection holds no such job, as far as is known here: the storage has the last word. Good
  // until the next put.
  Lease* find(std::string_view job) noexcept { return leases_.find(job); }
  // True where it was not there before.
  bool put(std::string_view job, const Lease& lease) {
    const auto [place, made] = leases_.get(job);
    place = lease;
    return made;
  }
  // True where it was there.
  bool erase(std::string_view job) { return leases_.erase(job); }

  // A heartbeat keeps started jobs for at most silence_ns without a message of their own. jobs: a list of the
  // ids that it is about; absent: all.
  void heartbeat(std::int64_t now_ns, std::int64_t silence_ns, Member jobs);
  // Marks the leases that have run out as ending, and returns them.
  std::vector<Overdue> take_overdue(std::int64_t now_ns, const LeaseLimits& limits);
  // The same of started ones without a message of their own for silence_ns.
  std::vector<Overdue> take_silent(std::int64_t now_ns, std::int64_t silence_ns);
  template <class Visit>
  void for_each(Visit visit) const {  // visit(job, lease)
    leases_.for_each(visit);
  }

  // Jobs asked for and not yet answered count as held, so that pipelined requests keep to the limits.
  std::uint32_t asked_for = 0;
  // Whether the storage may know of leases of this connection: then their end must be told it.
  bool touched = false;
  std::uint64_t seen_news = 0;
  // Of the connection, when it was last seen.
  std::int64_t unread_ns = 0;
  // What to add to the monotonic clock for the wall clock, as of the last tick: one clock is read for a
  // progress.
  std::int64_t wall_offset_ns = 0;

 private:
  template <class Reason>
  std::vector<Overdue> take(Reason reason);

  std::uint64_t connection_;
  TextMap<Lease> leases_;
};

}  // namespace crawlhub::jobs
