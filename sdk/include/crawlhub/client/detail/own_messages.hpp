#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>

#include <crawlhub/client/detail/shared.hpp>
#include <crawlhub/client/reports.hpp>

// What the client says by itself, without being asked by its user.
namespace crawlhub::client::detail {

inline std::string hello_message(const Options& options) {
  Json data;
  data["crawlerId"] = options.crawler_id;
  data["type"] = "crawler";
  if (!options.token.empty()) data["token"] = options.token;
  if (!options.version.empty()) data["version"] = options.version;
  data["capabilities"] = options.capabilities;
  if (options.max_concurrent_jobs > 0) data["maxConcurrentJobs"] = options.max_concurrent_jobs;
  if (!options.metadata.empty()) data["metadata"] = options.metadata;
  return make_message("hello", {}, data);
}

/// Needs the mutex and a welcome.
inline Json heartbeat_data(const Shared& shared, Clock::duration uptime) {
  const Json running = shared.held.running();
  Json data;
  data["activeJobs"] = running.size();
  data["totalProcessed"] = shared.jobs_done;
  data["systemStatus"] = running.empty() ? "idle" : "processing";
  data["uptime"] = std::chrono::duration_cast<std::chrono::seconds>(uptime).count();
  if (shared.welcome->grants("leases")) data["jobs"] = running;
  return data;
}

/// Needs the mutex and a welcome; decides how long the hub may hold the request.
inline Json job_request_data(Shared& shared, Clock::time_point now) {
  auto& pull = shared.pull;
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(pull.wanted_until - now);
  pull.hub_wait = std::clamp(left, std::chrono::seconds(0), shared.options.hub_wait);
  // Where the hub pushes, a request only makes sure that nothing was missed.
  if (shared.welcome->grants("push")) pull.hub_wait = std::chrono::seconds(0);
  Json data = Json::object();
  if (const auto slots = shared.free_slots()) data["limit"] = std::min<std::size_t>(*slots, pull.waiters);
  if (!shared.options.entity_types.empty()) data["entityTypes"] = shared.options.entity_types;
  if (pull.hub_wait.count() > 0) data["waitSeconds"] = pull.hub_wait.count();
  return data;
}

}  // namespace crawlhub::client::detail
