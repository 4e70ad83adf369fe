// The JSON Schema of the configuration, which the descriptor shows.
#pragma once

namespace crawlhub::jobs {

inline constexpr char kSchema[] = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "batch": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 5,
      "description": "Jobs handed out for one job_request that names no limit"},
    "max_per_crawler": {"type": "integer", "minimum": 0, "default": 0, "x-env": "SOCKET_MAX_CONCURRENT_JOBS",
      "description": "Jobs that one connection may hold; 0: no limit"},
    "queue_limit": {"type": "integer", "minimum": 0, "default": 0, "x-env": "SOCKET_JOB_QUEUE_SIZE",
      "description": "Queued jobs past which jobs.add is refused; 0: no limit"},
    "attempts": {"type": "integer", "minimum": 0, "default": 3, "x-env": "SOCKET_RETRY_ATTEMPTS",
      "description": "How often a job is handed out before it has failed for good; 0: no limit"},
    "lease": {"type": "string", "format": "duration", "default": "5m",
      "description": "A started job of which nothing is heard for so long goes back to the queue"},
    "silence": {"type": "string", "format": "duration", "default": "1h",
      "description": "So long heartbeats alone keep a started job"},
    "start_within": {"type": "string", "format": "duration", "default": "15m",
      "description": "A job that was handed out and not started goes back to the queue"},
    "backoff": {"type": "object", "additionalProperties": false, "default": {},
      "description": "Wait of a job after a failure, before the next attempt",
      "properties": {
        "first": {"type": "string", "format": "duration", "default": "10s", "x-env": "SOCKET_RETRY_DELAY",
          "description": "After the first failure"},
        "factor": {"type": "number", "minimum": 1, "default": 2, "description": "Growth with each further failure"},
        "most": {"type": "string", "format": "duration", "default": "10m", "x-env": "SOCKET_MAX_RETRY_DELAY",
          "description": "The longest wait"}
      }},
    "reconnect": {"type": "object", "additionalProperties": false, "default": {},
      "description": "How long a job waits for its crawler after a disconnect or a restart of the hub",
      "properties": {
        "hello": {"type": "string", "format": "duration", "default": "10s",
          "description": "Where the holder had said hello"},
        "without": {"type": "string", "format": "duration", "default": "60s",
          "description": "Where it had said none"}
      }},
    "entity_types": {"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": true,
      "description": "Entity types that a connection without hello may get; absent: all"},
    "key": {"type": "string", "x-secret": true,
      "description": "Encrypts tokens at rest: 32 bytes as 64 hex digits or as base64, from a file: or an environment variable; absent: a key file in the state directory, made at the first start"}
  }
})";

}  // namespace crawlhub::jobs
