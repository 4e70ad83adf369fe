// What the host table of a plugin needs from layers above this one: pipeline implements Call, app implements
// Services.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <crawlhub/abi/handler.h>
#include <crawlhub/abi/host.h>
#include <crawlhub/abi/storage.h>

// A call in progress. The C ABI knows it as an opaque pointer; all of it runs in the lane of its connection.
struct crawlhub_call {
  virtual crawlhub_status reply(std::string_view type, std::string_view job_id, std::string_view data) = 0;
  virtual crawlhub_status fail(std::int32_t code, std::string_view text) = 0;
  virtual crawlhub_status submit(const crawlhub_op* ops, std::uint64_t count, crawlhub_continuation then,
                                 void* context) = 0;  // then may be null
  virtual crawlhub_token defer() = 0;
  virtual void** slot() = 0;
  virtual crawlhub_status replace(std::string_view text, std::uint32_t tag) = 0;

 protected:
  ~crawlhub_call() = default;
};

namespace crawlhub {

class Instance;

// Services that outlive every call. Thread: any, unless it says otherwise.
class Services {
 public:
  virtual ~Services() = default;
  virtual crawlhub_status token_reply(crawlhub_token token, std::string_view type, std::string_view job_id,
                                      std::string_view data) = 0;
  virtual crawlhub_status complete(crawlhub_token token, std::int32_t code, std::string_view text) = 0;
  // Waits for the commit; `then` runs with self of the instance before it returns. Thread: pool, control.
  virtual crawlhub_status commit(Instance& instance, const crawlhub_op* ops, std::uint64_t count,
                                 crawlhub_continuation then, void* context) = 0;
  // Waits for the answer. Thread: pool, control.
  virtual crawlhub_status query(std::uint32_t kind, std::string_view parameters, crawlhub_sink sink,
                                void* context) = 0;
  virtual crawlhub_status send(std::uint64_t connection, std::string_view type, std::string_view job_id,
                               std::string_view data) = 0;
  virtual crawlhub_status close(std::uint64_t connection, std::int32_t code, std::string_view reason) = 0;
  virtual crawlhub_status every(Instance& instance, std::int64_t period_ns, crawlhub_timer fn,
                                void* context) = 0;
  virtual void publish(std::string_view name, std::string_view json) = 0;
  virtual void raise(const crawlhub_error& error, std::string_view plugin) = 0;
  virtual std::uint32_t lane_count() const = 0;
  virtual std::uint32_t lane() const = 0;
  virtual std::uint32_t state() const = 0;
  virtual std::string_view hub_id() const = 0;
  virtual std::string_view incarnation() const = 0;
  virtual std::string_view state_directory() const = 0;
  virtual std::string_view config_directory() const = 0;
};

}  // namespace crawlhub
