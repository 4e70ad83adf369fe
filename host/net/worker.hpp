#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "host/core/clock.hpp"
#include "host/envelope/envelope_parser.hpp"
#include "host/net/connection.hpp"
#include "host/net/limits.hpp"
#include "host/observe/counter.hpp"
#include "host/pipeline/lane.hpp"

namespace crawlhub {

class Workers;

// What a worker's connections did, all together. One writer, any reader.
struct Traffic {
  Counter messages, bytes_in, bytes_out, errors;
};

// One io thread with its connections and its lane of the pipeline. Everything here runs on its thread, but
// for post(), adopt(), and the counters.
class Worker {
 public:
  Worker(Workers& workers, LaneOptions lane, Writer& writer, const NetLimits& limits);
  ~Worker();

  void start();
  // Ends the thread. REQUIRES: no connection is left.
  void stop();

  void post(std::function<void()> fn);  // Thread: any
  void adopt(Accepted accepted);        // Thread: any

  Workers& workers() { return workers_; }
  boost::asio::io_context& io() { return io_; }
  Lane& lane() { return lane_; }
  Traffic& traffic() { return traffic_; }
  EnvelopeParser& parser() { return parser_; }
  const NetLimits& limits() const { return limits_; }
  Connection* find(std::uint64_t id);
  const std::unordered_map<std::uint64_t, std::unique_ptr<Connection>>& connections() const {
    return connections_;
  }
  std::string_view timestamp() { return timestamp_.format(wall_ns()); }

  // The buffer that connections read into, one at a time: what a framer keeps it copies.
  char* buffer() { return buffer_.get(); }
  static constexpr std::size_t kBuffer = 256 * 1024;

  // Writes of a round are gathered: one system call a connection.
  void dirty(Connection& connection);
  void paused(Connection& connection) { paused_.push_back(connection.id()); }
  // A buffer that a connection needs no more goes back to those that write next.
  void recycle(std::string& buffer);
  std::string take_buffer();
  // An unfinished message over kLargeMessage needs a share of limits.large_messages, for all workers
  // together. False where none is left: the connection waits.
  bool large_message(std::uint64_t connection);
  void large_message_over(std::uint64_t connection);
  static constexpr std::size_t kLargeMessage = 256 * 1024;
  void remove(std::uint64_t connection);
  void schedule_flush();

 private:
  void run();
  void flush();
  void resume_paused();
  void await_tick();
  void tick();

  Workers& workers_;
  const NetLimits& limits_;
  boost::asio::io_context io_;
  boost::asio::steady_timer timer_;
  EnvelopeParser parser_;
  Lane lane_;
  Traffic traffic_;
  Iso8601Formatter timestamp_;
  std::unique_ptr<char[]> buffer_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::vector<std::uint64_t> dirty_;
  std::vector<std::uint64_t> paused_;
  std::unordered_set<std::uint64_t> large_;  // connections with a share
  std::vector<std::string> spare_buffers_;
  bool flush_scheduled_ = false;
  std::thread thread_;
};

}  // namespace crawlhub
