// What the outside hears of jobs: events of the bus, in the shapes that the web application knows.
#pragma once

#include <cstdint>
#include <string_view>

#include <crawlhub/flat.hpp>
#include <crawlhub/host.hpp>
#include <crawlhub/json_text.hpp>

namespace crawlhub::jobs {

// A name of the protocol: "queued", "assigned"; "unknown" for a number without one.
std::string_view state_name(std::uint32_t state) noexcept;

struct StateChange {
  std::string_view job = {}, connection = {}, crawler = {};  // connection: its name
  std::uint32_t from = 0, to = 0;                            // CRAWLHUB_JOB_*
  std::string_view entity_type = {}, entity_id = {}, account = {};
  std::uint32_t attempts = 0;
  std::string_view reason = {};
};

// Publishes job.state_changed: {jobId, state, previous, ...}.
void publish_state(const Host& host, const StateChange& change);
// The same of a job that the storage showed; nothing where its state did not change.
void publish_state(const Host& host, const Body<crawlhub_job>& job, std::string_view connection,
                   std::string_view reason = {});

// Publishes job.update, the payload of the page's jobUpdate. action: started, completed or failed; data: the
// message's data, a JSON object.
void publish_update(const Host& host, std::string_view action, std::string_view job,
                    std::string_view connection, std::string_view data);
// Publishes job.failure, the payload of the page's jobFailure. at_ns: wall clock, to the millisecond another
// for each failure, since the page tells them apart by it. context: a JSON object.
void publish_failure(const Host& host, std::int64_t at_ns, std::string_view job, std::string_view connection,
                     std::string_view data, std::string_view context);

}  // namespace crawlhub::jobs
