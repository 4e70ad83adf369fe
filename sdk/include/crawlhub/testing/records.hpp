// What a test reads afterwards: copies of all that a plugin did.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/abi/storage.h>
#include <crawlhub/flat.hpp>
#include <crawlhub/outcome.hpp>
#include <crawlhub/str.hpp>

namespace crawlhub::inline sdk::testing {

struct LogLine {
  std::int32_t level;  // CRAWLHUB_LOG_*
  std::string text;
};

// A message sent to a connection.
struct Sent {
  std::string type, job_id, data;
};

struct PublishedEvent {
  std::string name, json;
};

struct RaisedProblem {
  std::int32_t code, severity;
  std::string message, details, connection, job, crawler, account;
};

struct ClosedConnection {
  std::uint64_t connection;
  std::int32_t code;
  std::string reason;
};

struct RegisteredType {
  std::string type;
  std::uint32_t flags, route;
};

// An operation that the plugin submitted or committed.
struct RecordedOp {
  explicit RecordedOp(const crawlhub_op& op)
      : kind(op.kind),
        flags(op.flags),
        key(view(op.key)),
        bytes(static_cast<const char*>(op.body), static_cast<const char*>(op.body) + op.body_size) {}
  // The body as a T; lives as long as this record.
  template <class T>
  Body<T> body() const {
    return Body<T>(bytes.data(), bytes.size());
  }

  std::uint32_t kind, flags;
  std::string key;
  std::vector<char> bytes;
};

// What the storage shall say to an operation.
struct ScriptedResult {
  std::int32_t status = CRAWLHUB_RESULT_OK;
  std::int32_t code = 0;
  std::uint64_t number = 0;
  std::string text = {};
  std::vector<char> body = {};
};

// What a command answered.
struct CommandResult {
  Outcome outcome = Outcome::kFailed;
  std::int32_t code = 0;  // of command_fail
  std::string text;       // JSON, or the sentence of command_fail
};

// One message or hook, and what came of it. A call that was deferred stays kPending until its token completes
// it.
struct Exchange {
  Outcome outcome = Outcome::kOk;  // kOk: accepted
  std::int32_t code = 0;           // of fail, or of the operation that was refused
  std::string text;                // of fail, or of that operation
  std::vector<Sent> replies;
  std::vector<RecordedOp> ops;
  std::string replaced;   // middleware: the text given to replace
  std::uint32_t tag = 0;  // and its tag
};

}  // namespace crawlhub::inline sdk::testing
