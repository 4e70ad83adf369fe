/* The error catalogue: every error that crawlhub raises, answers or logs stands here once. The enum below, the code
 * words on the wire ("code" of an error message and of a rejected entry) and docs/errors.md are made from it.
 *
 * X(number, NAME, wire_code, category, severity, retry, text, what_to_do)
 * retry is 1 where nothing was wrong with the message, so that sending it again may succeed.
 * Numbers are never reused. Hundreds follow the category.
 */
#pragma once

#include <stdint.h>

#define CRAWLHUB_CATEGORIES(X)       \
  X(1, CONNECTION, connection)       \
  X(2, PARSING, message_parsing)     \
  X(3, VALIDATION, message_validation) \
  X(4, DATABASE, database)           \
  X(5, JOB, job_processing)          \
  X(6, AUTHENTICATION, authentication) \
  X(7, RATE_LIMITING, rate_limiting) \
  X(8, NETWORK, network)             \
  X(9, TIMEOUT, timeout)             \
  X(10, RESOURCE, resource)          \
  X(11, CONFIGURATION, configuration) \
  X(12, INTERNAL, internal)

#define CRAWLHUB_SEVERITIES(X) X(1, LOW, low) X(2, MEDIUM, medium) X(3, HIGH, high) X(4, CRITICAL, critical)

/* clang-format off */
#define CRAWLHUB_ERRORS(X) \
  X(101, CONNECTION_LOST, connection_lost, CONNECTION, HIGH, 1, "the connection ended unexpectedly", "Look at the crawler's log; its jobs wait for it and go to another crawler afterwards.") \
  X(102, CONNECTION_LIMIT, connection_limit, CONNECTION, HIGH, 1, "limits.connections is reached", "Raise limits.connections or stop crawlers that are not needed.") \
  X(103, SLOW_CONSUMER, slow_consumer, CONNECTION, HIGH, 1, "the peer does not read what it is sent", "Look at the crawler: it must read its socket. limits.write_queue and limits.slow_consumer bound the wait.") \
  X(104, HANDSHAKE, handshake, CONNECTION, MEDIUM, 0, "the hello is not acceptable here", "Send one hello, as the first message.") \
  X(105, TAKEN_OVER, taken_over, CONNECTION, LOW, 0, "another connection with the same crawlerId took over", "Give each crawler an id of its own, unless it reconnected.") \
  X(201, NOT_JSON, not_json, PARSING, MEDIUM, 0, "the message is not valid JSON", "Send one JSON object a message, UTF-8, as docs/protocol.md says.") \
  X(202, TOO_LONG, too_long, PARSING, MEDIUM, 0, "the message is longer than limits.message_size", "Split the message, or raise limits.message_size.") \
  X(203, TOO_DEEP, too_deep, PARSING, MEDIUM, 0, "the message is nested too deeply", "Keep to 64 levels.") \
  X(204, NO_TYPE, no_type, PARSING, MEDIUM, 0, "the message has no usable type", "Give every message a string field type.") \
  X(205, BAD_ENVELOPE, bad_envelope, PARSING, MEDIUM, 0, "a field of the envelope is not usable", "See the envelope table of docs/protocol.md.") \
  X(206, UNREADABLE_LIMIT, unreadable_limit, PARSING, HIGH, 0, "too many unreadable messages in a row", "Look at what the peer sends; protocol.max_errors sets the bound.") \
  X(207, UNREADABLE, unreadable, PARSING, MEDIUM, 0, "the message with this number could not be read", "Send it again with a new number; see the error before it for the reason.") \
  X(301, UNKNOWN_TYPE, unknown_type, VALIDATION, MEDIUM, 0, "no loaded plugin takes this message type", "Send a type of docs/protocol.md, or load the plugin that handles it.") \
  X(302, INVALID_FIELD, invalid_field, VALIDATION, MEDIUM, 0, "a field breaks its rule", "Correct the named field; docs/protocol.md has the rules.") \
  X(303, MISSING_FIELD, missing_field, VALIDATION, MEDIUM, 0, "a required field is missing", "Send the named field; docs/protocol.md has the rules.") \
  X(304, REPEATED_FIELD, repeated_field, VALIDATION, MEDIUM, 0, "a field stands twice", "Send each field once.") \
  X(305, BAD_TIMESTAMP, bad_timestamp, VALIDATION, MEDIUM, 0, "the timestamp is not usable", "Send ISO 8601 from a clock that is right.") \
  X(306, INVALID_ENTRY, invalid_entry, VALIDATION, MEDIUM, 0, "an entry of a list was dropped", "Correct the named entry; the others were taken.") \
  X(401, STORAGE_FAILED, storage_failed, DATABASE, HIGH, 1, "the storage could not take it", "Look at the hub's log for the storage plugin's reason (disk full, file rights, locked database).") \
  X(402, STORAGE_BUSY, storage_busy, DATABASE, MEDIUM, 1, "the storage queue is full", "Wait; if it lasts, look at the storage's commit time.") \
  X(403, QUERY_FAILED, query_failed, DATABASE, MEDIUM, 1, "a query failed", "Look at the hub's log for the storage plugin's reason.") \
  X(501, UNKNOWN_JOB, unknown_job, JOB, MEDIUM, 0, "there is no such job", "Use the id that the hub handed out.") \
  X(502, NOT_HOLDER, not_holder, JOB, MEDIUM, 0, "another connection holds the job", "Drop the job: it was handed to another crawler.") \
  X(503, JOB_ENDED, ended, JOB, MEDIUM, 0, "the job has ended", "Drop the job.") \
  X(504, WRONG_STATE, wrong_state, JOB, MEDIUM, 0, "the job's state does not allow this", "See the state table of docs/protocol.md.") \
  X(505, STALE_LEASE, stale_lease, JOB, MEDIUM, 0, "the lease number is not the current one", "Drop the job: it was handed out again since.") \
  X(506, JOB_FAILED, job_failed, JOB, MEDIUM, 0, "a crawler reported a failed job", "Read the job's error; jobs retry queues it again.") \
  X(507, NO_ACCOUNT, no_account, JOB, MEDIUM, 0, "the job's account is missing or has no token or URL", "Add the account with accounts add; the job stays queued.") \
  X(508, ATTEMPTS_SPENT, attempts_spent, JOB, HIGH, 0, "the job failed as often as it may", "Look at its last error, then jobs retry.") \
  X(509, SKIPPED, skipped, JOB, LOW, 0, "not done, since what it depends on was refused", "See the refusal before it.") \
  X(510, UNKNOWN_ACCOUNT, unknown_account, JOB, MEDIUM, 0, "there is no such account", "See accounts list.") \
  X(601, NOT_AUTHENTICATED, not_authenticated, AUTHENTICATION, HIGH, 0, "the listener demands authentication", "Send a hello with a valid token.") \
  X(602, FORBIDDEN, forbidden, AUTHENTICATION, HIGH, 0, "the role does not allow this", "Use a connection or token with the role that it needs.") \
  X(701, RATE_LIMITED, rate_limited, RATE_LIMITING, MEDIUM, 1, "the rate limit held it for too long", "Send less, or raise the limit.") \
  X(801, NETWORK_FAILED, network_failed, NETWORK, MEDIUM, 1, "a network operation failed", "Check the address and that the peer is up.") \
  X(901, HOLD_TIMEOUT, hold_timeout, TIMEOUT, MEDIUM, 1, "the hub could not take the message within limits.hold", "Wait and send it again.") \
  X(902, IDLE_TIMEOUT, idle_timeout, TIMEOUT, LOW, 0, "nothing was heard for limits.idle", "Send heartbeats.") \
  X(903, HEARTBEAT_MISSED, heartbeat_missed, TIMEOUT, MEDIUM, 0, "no heartbeat within heartbeat.timeout", "Look at the crawler: is it alive, is it busy?") \
  X(904, LEASE_EXPIRED, lease_expired, TIMEOUT, MEDIUM, 0, "nothing was heard of a job for its lease", "Look at the crawler; the job is queued again.") \
  X(1001, OUT_OF_MEMORY, out_of_memory, RESOURCE, HIGH, 1, "a memory bound is reached", "See limits in docs/config.md.") \
  X(1101, BAD_CONFIG, bad_config, CONFIGURATION, HIGH, 0, "the configuration is not usable", "Correct the named key; crawlhub check finds all such errors.") \
  X(1102, BAD_ARGUMENT, bad_argument, CONFIGURATION, LOW, 0, "an argument of the command is not usable", "See crawlhub COMMAND --help.") \
  X(1103, UNKNOWN_COMMAND, unknown_command, CONFIGURATION, LOW, 0, "there is no such command", "See crawlhub --help; a command of a plugin needs that plugin loaded.") \
  X(1104, NOT_FOUND, not_found, CONFIGURATION, LOW, 0, "what was named does not exist", "List what there is, and name one of it.") \
  X(1201, INTERNAL, internal, INTERNAL, CRITICAL, 1, "a defect in the hub or a plugin", "Report it with the log.") \
  X(1202, PLUGIN_FAILED, plugin_failed, INTERNAL, HIGH, 1, "a plugin failed on the message", "Look at the plugin's log.") \
  X(1203, PLUGIN_GONE, plugin_gone, INTERNAL, MEDIUM, 1, "the plugin was replaced or removed meanwhile", "Send it again.") \
  X(1204, DRAINING, draining, INTERNAL, LOW, 1, "the hub is draining or shutting down", "Come back after the restart.")
/* clang-format on */

#define CRAWLHUB_ERROR_ENUM(number, NAME, wire, category, severity, retry, text, advice) CRAWLHUB_E_##NAME = number,
#define CRAWLHUB_CATEGORY_ENUM(number, NAME, wire) CRAWLHUB_CATEGORY_##NAME = number,
#define CRAWLHUB_SEVERITY_ENUM(number, NAME, wire) CRAWLHUB_SEVERITY_##NAME = number,

/* Constants for int32_t fields; an enum type itself never crosses. */
enum { CRAWLHUB_ERRORS(CRAWLHUB_ERROR_ENUM) };
enum { CRAWLHUB_CATEGORIES(CRAWLHUB_CATEGORY_ENUM) };
enum { CRAWLHUB_SEVERITIES(CRAWLHUB_SEVERITY_ENUM) };

#undef CRAWLHUB_ERROR_ENUM
#undef CRAWLHUB_CATEGORY_ENUM
#undef CRAWLHUB_SEVERITY_ENUM
