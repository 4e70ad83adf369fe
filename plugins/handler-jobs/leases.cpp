#include "leases.hpp"

#include <crawlhub/json_walk.hpp>

namespace crawlhub::jobs {
namespace {

void refresh(Lease& lease, std::int64_t now_ns, std::int64_t silence_ns) {
  if (lease.started() && now_ns - lease.spoke_ns < silence_ns) lease.heard_ns = now_ns;
}

}  // namespace

void LeaseTable::heartbeat(std::int64_t now_ns, std::int64_t silence_ns, Member jobs) {
  if (!jobs.is(CRAWLHUB_JSON_ARRAY)) {
    leases_.for_each([&](std::string_view, Lease& lease) { refresh(lease, now_ns, silence_ns); });
    return;
  }
  std::string scratch;
  for (JsonWalk walk(jobs.raw()); walk.next();) {
    Lease* lease = find(walk.member().string(scratch).value_or(""));
    if (lease != nullptr) refresh(*lease, now_ns, silence_ns);
  }
}

template <class Reason>
std::vector<Overdue> LeaseTable::take(Reason reason) {
  std::vector<Overdue> out;
  leases_.for_each([&](std::string_view job, Lease& lease) {
    const std::uint32_t why = lease.ending ? 0 : reason(lease);
    if (why == 0) return;
    lease.ending = true;
    out.push_back({std::string(job), lease.number, lease.attempts, why});
  });
  return out;
}

std::vector<Overdue> LeaseTable::take_overdue(std::int64_t now_ns, const LeaseLimits& limits) {
  return take([&](const Lease& lease) -> std::uint32_t {
    if (!lease.started())
      return now_ns - lease.given_ns > limits.start_within_ns ? CRAWLHUB_LEASE_NOT_STARTED : 0;
    const bool lost =
        now_ns - lease.heard_ns > limits.lease_ns || now_ns - lease.spoke_ns > limits.silence_ns;
    return lost ? CRAWLHUB_LEASE_EXPIRED : 0;
  });
}

std::vector<Overdue> LeaseTable::take_silent(std::int64_t now_ns, std::int64_t silence_ns) {
  return take([&](const Lease& lease) -> std::uint32_t {
    return lease.started() && now_ns - lease.spoke_ns > silence_ns ? CRAWLHUB_LEASE_EXPIRED : 0;
  });
}

}  // namespace crawlhub::jobs
