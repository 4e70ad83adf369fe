#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/client/ack_parser.hpp>
#include <crawlhub/client/address.hpp>
#include <crawlhub/client/connection.hpp>

#include "host/core/status.hpp"

namespace crawlhub::bench {

// A job that a connection holds.
struct HeldJob {
  static constexpr std::uint32_t kNone = UINT32_MAX;

  std::string id;
  std::uint64_t lease = 0;
  std::string head;            // ProgressMessages::head
  std::uint32_t last = kNone;  // the message sent last
};

// One connection that said hello and was granted acks. Its calls but those of connection() wait for the hub.
// Thread: one.
class Crawler {
 public:
  static constexpr std::chrono::seconds kPatience{30};  // with a hub that says nothing

  // Errors: NETWORK_FAILED.
  static Result<Crawler> connect(const client::Address& address, const std::string& id);

  client::Connection& connection() { return connection_; }
  const std::string& durability() const { return durability_; }
  std::vector<HeldJob>& jobs() { return jobs_; }
  const std::vector<HeldJob>& jobs() const { return jobs_; }
  // The number that the next message carries.
  std::uint64_t take_seq() { return ++seq_; }
  std::uint64_t last_seq() const { return seq_; }  // of those taken

  // Asks until it holds `wanted` jobs. Errors: NETWORK_FAILED, NOT_FOUND where the hub has too few.
  Status lease(std::size_t wanted);
  // Sends a message of that type and data for each of its jobs and waits until all are acked. Errors:
  // NETWORK_FAILED, WRONG_STATE where the hub refused one.
  Status report_all(std::string_view type, std::string_view data);

 private:
  explicit Crawler(client::Connection connection) : connection_(std::move(connection)) {}

  Status hello(const std::string& id);
  // Sends what is queued and hands lines to on_line until it returns true.
  Status talk(const std::function<bool(std::string_view)>& on_line);

  client::Connection connection_;
  std::string durability_;
  std::vector<HeldJob> jobs_;
  std::uint64_t seq_ = 0;
};

}  // namespace crawlhub::bench
