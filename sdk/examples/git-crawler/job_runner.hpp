#pragma once

#include <crawlhub/client/client.hpp>

#include "crawl.hpp"
#include "discover.hpp"
#include "log.hpp"
#include "options.hpp"
#include "rate_limit.hpp"
#include "stop.hpp"

namespace crawlhub::git_crawler {

/// Does one job after the other, from `started` to its last report. One per thread; what it refers to is
/// shared and outlives it.
class JobRunner {
 public:
  JobRunner(client::Client& hub, const CommandLine& options, RateLimit& rate, Stop& stop, const Log& log)
      : hub_(hub), options_(options), rate_(rate), stop_(stop), log_(log) {}

  void run(const client::Job& job);

 private:
  Result<client::Counts> crawl(const client::Job& job, std::vector<std::string>& files);
  Result<client::Counts> crawl_areas(const client::Job& job);
  Result<std::filesystem::path> folder_of(const client::Job& job, const Place& place);
  /// Neither cancelled nor given to another crawler.
  bool is_ours(const client::Job& job) const;
  bool keep_going(const client::Job& job);
  void tell(const client::Job& job, std::uint64_t processed, const std::string& message);

  client::Client& hub_;
  const CommandLine& options_;
  RateLimit& rate_;
  Stop& stop_;
  const Log& log_;
};

}  // namespace crawlhub::git_crawler
