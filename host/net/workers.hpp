#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "host/net/worker.hpp"

namespace crawlhub {

// What the connections need from above: implemented by app. Thread: any.
class NetObserver {
 public:
  virtual ~NetObserver() = default;
  // A refused message, a broken connection: to be logged, counted and perhaps notified.
  virtual void error(std::int32_t code, std::string_view text, const ConnectionView& connection,
                     std::string_view job_id) = 0;
  // connected, authenticated, disconnected
  virtual void connection_event(std::string_view event, const ConnectionView& connection,
                                std::string_view reason) = 0;
};

struct NetTotals {
  std::uint64_t connections = 0, accepted = 0, rejected = 0, peak = 0;
  std::uint64_t messages = 0, bytes_in = 0, bytes_out = 0, errors = 0;
};

// All workers and their connections. Thread: any, unless it says otherwise.
class Workers {
 public:
  struct Options {
    std::uint32_t count = 1;
    LaneOptions lane;  // of each; number is filled in
    NetLimits limits;
    std::string durability;                           // for welcome
    std::set<std::string, std::less<>> capabilities;  // the host's and the plugins'
    std::string version;
  };

  Workers(Options options, Writer& writer, NetObserver& observer);
  ~Workers();

  // REQUIRES: before start().
  void use(const Pipeline& pipeline);
  void start();
  void stop();

  // Gives the connection to the worker with the fewest, or closes it where limits.connections is reached.
  void adopt(Accepted accepted);

  crawlhub_status send(std::uint64_t connection, std::string_view type, std::string_view job_id,
                       std::string_view data);
  // The same, and whether the connection took it. Thread: one that may wait.
  bool send_now(std::uint64_t connection, std::string_view type, std::string_view job_id,
                std::string_view data);
  crawlhub_status close(std::uint64_t connection, std::int32_t code, std::string_view reason);
  // gone runs on the connection's worker once all that it had in progress is done, or at once where it is
  // gone.
  void close_then(std::uint64_t connection, std::int32_t code, std::string_view reason,
                  std::function<void()> gone);
  // Ends every connection, with a shutdown message to those that said hello; returns once all are gone or the
  // time is over. Thread: control.
  void close_all(std::string_view reason, std::int64_t timeout_ns);
  // Shown by each worker in turn. Thread: one that may wait.
  std::vector<ConnectionView> views();
  NetTotals totals() const;
  // The connection with this crawler id, or whose name ("c17") or number this is; 0: none.
  std::uint64_t find(std::string_view crawler_or_name) const;

  Worker& worker(std::uint32_t number) { return *workers_[number]; }
  std::uint32_t count() const { return static_cast<std::uint32_t>(workers_.size()); }
  const Options& options() const { return options_; }
  NetObserver& observer() { return observer_; }

  // ---- for connections; Thread: workers ----

  // The crawler id is this connection's from now on; previous is the one that had it before, 0 where none
  // had.
  struct Claim {
    std::uint64_t previous = 0;
    bool forbidden = false;  // another owner's crawler has it
  };
  Claim claim_crawler(const std::string& crawler_id, std::uint64_t connection, const std::string& owner);
  void release_crawler(const std::string& crawler_id, std::uint64_t connection);
  void removed();
  bool take_large(std::size_t bytes);
  void give_back_large(std::size_t bytes) { large_.fetch_sub(bytes, std::memory_order_relaxed); }
  Worker& worker_of(std::uint64_t connection) { return *workers_[connection % workers_.size()]; }

 private:
  struct Crawler {
    std::uint64_t connection;
    std::string owner;
  };

  const Options options_;
  NetObserver& observer_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<std::uint64_t> serial_{0}, open_{0}, accepted_{0}, rejected_{0}, peak_{0};
  std::atomic<std::size_t> large_{0};  // bytes of limits.large_messages taken
  mutable std::mutex mutex_;
  std::condition_variable all_gone_;
  std::unordered_map<std::string, Crawler> crawlers_;  // guarded by mutex_
};

}  // namespace crawlhub
