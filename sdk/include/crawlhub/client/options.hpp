#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <crawlhub/client/job.hpp>

namespace crawlhub::client {

/// The hub's answer to `hello`.
struct Welcome {
  std::string connection_id = {};
  std::string protocol_version = {};
  std::vector<std::string> capabilities = {};  ///< those granted, maybe fewer than asked for
  std::chrono::milliseconds heartbeat_interval{0};
  std::string durability = {};  ///< full, relaxed or none; empty where the hub says nothing

  bool grants(std::string_view capability) const {
    for (const auto& granted : capabilities) {
      if (granted == capability) return true;
    }
    return false;
  }
};

/// A message of ours that the hub refused.
struct Rejection {
  std::string type = {};    ///< the message's type
  std::string job_id = {};  ///< empty where it concerned none
  std::string code = {};
  std::string error = {};
  bool retry = false;  ///< nothing was wrong with it: the client sends it again by itself
};

/// An `error` message of the hub (capability `errors`, or the refusal of a connection).
struct HubError {
  std::string category = {};
  std::string severity = {};
  std::string code = {};
  std::string error = {};
};

/// The hub is about to stop. The client asks for no more jobs on this connection and comes back when it was
/// closed.
struct Shutdown {
  bool graceful = true;
  std::chrono::seconds timeout{30};
  std::string reason = {};
};

/// What to do with a job that was started.
enum class JobState {
  running,
  paused,     ///< an operator paused it
  cancelled,  ///< an operator cancelled it
  lost,       ///< the hub refused a report on it: another crawler holds it, or it has ended
};

/// Each is called on the client's own thread, without a lock held: calling back into the client is allowed,
/// but not the calls that wait (`next_job`, `wait_acked`, `refresh_token`, `keep_going`, `stop`). Any may be
/// empty.
struct Callbacks {
  std::function<void(const Welcome&)> on_connected;
  /// Why the connection ended or could not be made, and after what time the next attempt follows.
  std::function<void(const std::string& reason, std::chrono::milliseconds retry_in)> on_disconnected;
  std::function<void(const Rejection&)> on_rejected;
  std::function<void(const HubError&)> on_error;
  std::function<void(const Shutdown&)> on_shutdown;
  std::function<void(const std::string& job_id, JobState)> on_job_state;
};

struct Options {
  std::string hub = {};  ///< `unix:/path` or `tcp:host:port`
  std::string crawler_id =
      {};                    ///< unique in the fleet and stable over restarts: it keeps this crawler's leases
  std::string token = {};    ///< where the listener demands one
  std::string version = {};  ///< of the crawler, shown to operators
  /// Asked for in `hello`; the client works with whatever part of them is granted. `push` lets the hub send
  /// jobs unasked.
  std::vector<std::string> capabilities = {"acks", "leases", "errors", "control"};
  std::vector<std::string> entity_types = {};  ///< the jobs to ask for; empty: all
  std::uint32_t max_concurrent_jobs = 1;       ///< 0: no limit
  Json metadata = Json::object();

  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds answer_timeout{10000};  ///< for `welcome` and for the answer to a job_request
  /// Between job_requests of one `next_job` call, where the hub answers at once that it has none.
  std::chrono::milliseconds poll_interval{5000};
  /// How long the hub may hold a job_request before it answers that it has no job. 0: it answers at once.
  std::chrono::seconds hub_wait{20};
  std::chrono::milliseconds heartbeat_interval{0};  ///< 0: what `welcome` says, at most 30 s
  /// The longest wait between attempts stays below the 10 s for which a hub keeps the jobs of a crawler that
  /// vanished.
  std::chrono::milliseconds backoff_first{200};
  std::chrono::milliseconds backoff_most{5000};
  std::chrono::milliseconds retry_delay{1000};  ///< before a message refused with `retry` is sent again
  /// Bound of what waits for its ack, or for the hub to come back; past it `send` and the reports wait.
  std::size_t buffer_bytes = 64 * 1024 * 1024;

  Callbacks callbacks;
};

}  // namespace crawlhub::client
