// Views of what the host hands to a plugin. They own nothing and live until the function that got them
// returns.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <crawlhub/abi/handler.h>
#include <crawlhub/json_value.hpp>
#include <crawlhub/str.hpp>
#include <crawlhub/strided.hpp>

namespace crawlhub::inline sdk {

// A connection, as it stands at the call. Thread: [worker], in its lane.
class Connection {
 public:
  explicit Connection(const crawlhub_connection& raw) noexcept : raw_(&raw) {}

  // Unique in this process, never reused, never 0; and as text, as logs and the command line show it: "c17".
  std::uint64_t id() const noexcept { return raw_->id; }
  std::string_view name() const noexcept { return view(raw_->name); }
  // Of its hello; empty where it said none.
  std::string_view crawler_id() const noexcept { return view(raw_->crawler_id); }
  bool said_hello() const noexcept { return has(CRAWLHUB_CONNECTION_HELLO); }
  // Any of CRAWLHUB_CONNECTION_*.
  bool has(std::uint32_t flags) const noexcept { return (raw_->flags & flags) != 0; }
  // Of its hello; 0: no limit.
  std::uint32_t max_concurrent_jobs() const noexcept { return raw_->max_concurrent_jobs; }
  // The lane of this call, as Host::lane().
  std::uint32_t lane() const noexcept { return raw_->lane; }
  // How long in all the hub has not read it (backpressure), in nanoseconds: lease clocks subtract it.
  std::int64_t unread_ns() const noexcept { return raw_->unread_ns; }
  const crawlhub_connection& raw() const noexcept { return *raw_; }

 private:
  const crawlhub_connection* raw_;
};

// A message, parsed once by the host. Thread: [worker], in its connection's lane.
class Message {
 public:
  explicit Message(const crawlhub_message& raw) noexcept : raw_(&raw) {}

  std::string_view type() const noexcept { return view(raw_->type); }
  // The number that this instance gave to Host::add_type for this type; 0 for middleware.
  std::uint32_t route() const noexcept { return raw_->route; }
  // Empty where absent.
  std::string_view job_id() const noexcept { return view(raw_->job_id); }
  std::string_view timestamp() const noexcept { return view(raw_->timestamp); }
  // Its time, nanoseconds since 1970 UTC: the timestamp's where that is usable, else the hub's.
  std::int64_t time_ns() const noexcept { return raw_->time_ns; }
  std::optional<std::uint64_t> seq() const noexcept { return given(CRAWLHUB_MESSAGE_SEQ, raw_->seq); }
  std::optional<std::uint64_t> lease() const noexcept { return given(CRAWLHUB_MESSAGE_LEASE, raw_->lease); }
  // Any of CRAWLHUB_MESSAGE_*.
  bool has(std::uint32_t flags) const noexcept { return (raw_->flags & flags) != 0; }

  // The members of data; and the members of the envelope other than its own.
  Members data() const noexcept { return {raw_->members, raw_->member_count, raw_->member_stride}; }
  Members extras() const noexcept { return {raw_->extras, raw_->extra_count, raw_->member_stride}; }
  // JSON text: of data ("{}" where absent), and of the whole message.
  std::string_view data_json() const noexcept { return view(raw_->data); }
  std::string_view text() const noexcept { return view(raw_->text); }

  Connection connection() const noexcept { return Connection(*raw_->connection); }
  const crawlhub_message& raw() const noexcept { return *raw_; }

 private:
  std::optional<std::uint64_t> given(std::uint32_t flag, std::uint64_t value) const noexcept {
    return has(flag) ? std::optional(value) : std::nullopt;
  }
  const crawlhub_message* raw_;
};

// Of operations, in their order. accepted(r) and refused(r) read one.
using Results = Strided<const crawlhub_result>;

// Whether the operation was done, now or before.
constexpr bool accepted(const crawlhub_result& result) noexcept {
  return result.status == CRAWLHUB_RESULT_OK || result.status == CRAWLHUB_RESULT_DUPLICATE;
}
// The first result that was not accepted, in the order of the operations; null where all were.
inline const crawlhub_result* first_refused(Results results) noexcept {
  for (const crawlhub_result& result : results) {
    if (!accepted(result)) return &result;
  }
  return nullptr;
}

// A message that this instance observes, with what became of it.
class Observation {
 public:
  explicit Observation(const crawlhub_observation& raw) noexcept : raw_(&raw) {}
  bool accepted() const noexcept { return raw_->outcome == CRAWLHUB_ACCEPTED; }
  // CRAWLHUB_E_* where it was rejected, else 0.
  std::int32_t code() const noexcept { return raw_->code; }
  Message message() const noexcept { return Message(*raw_->message); }
  // Of what the answering handler submitted.
  Results results() const noexcept { return {raw_->results, raw_->result_count, raw_->result_stride}; }

 private:
  const crawlhub_observation* raw_;
};
using Observations = Strided<const crawlhub_observation, Observation>;

}  // namespace crawlhub::inline sdk
