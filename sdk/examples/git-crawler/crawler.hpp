#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include <crawlhub/client/client.hpp>

#include "log.hpp"
#include "options.hpp"
#include "rate_limit.hpp"
#include "stop.hpp"

namespace crawlhub::git_crawler {

/// The whole program behind the command line: one client, a thread for each job at a time.
class Crawler {
 public:
  Crawler(const CommandLine& options, Stop& stop);

  /// Works until `stop` is requested, or with `once` until there is nothing to do. @return the exit code
  int run();

 private:
  client::Options client_options();
  void work();
  bool idle_after(std::uint64_t moment, const client::NextJob& next);
  void finish();

  const CommandLine& options_;
  Stop& stop_;
  Log log_;
  RateLimit rate_;
  std::unique_ptr<client::Client> hub_;
  std::chrono::steady_clock::time_point last_seen_;  // the hub; of the client's thread once it runs

  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned busy_ = 0;         // threads that work on a job
  std::uint64_t moment_ = 0;  // grows with each start and end of a job
};

}  // namespace crawlhub::git_crawler
