#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "host/admin/client.hpp"
#include "host/bench/crawler.hpp"
#include "host/bench/options.hpp"

namespace crawlhub::bench {

// The account, the jobs and the connections of a run. Made on a hub that has no other queued jobs, since it
// takes what it is handed. Thread: one.
class Fleet {
 public:
  // Adds an account and the jobs, connects, leases the jobs and starts them. Errors: NETWORK_FAILED, and what
  // the hub says to a command.
  static Result<Fleet> prepare(const Options& options, AdminClient& admin);

  std::vector<Crawler>& crawlers() { return crawlers_; }
  const std::string& durability() const { return crawlers_.front().durability(); }

  // Completes the jobs and removes the account.
  Status clear(AdminClient& admin);

 private:
  std::string account_;
  std::vector<Crawler> crawlers_;
};

// The command's answer, or why there is none as a Status.
Result<nlohmann::ordered_json> call(AdminClient& admin, std::string_view command,
                                    const nlohmann::ordered_json& arguments);

}  // namespace crawlhub::bench
