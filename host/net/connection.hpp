#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "host/core/unique_fd.hpp"
#include "host/framing/framer.hpp"
#include "host/net/connection_stats.hpp"
#include "host/net/inflight.hpp"
#include "host/net/limits.hpp"
#include "host/pipeline/peer.hpp"

namespace crawlhub {

class Worker;

// A socket just accepted, on its way to its worker.
struct Accepted {
  UniqueFd fd;
  std::uint64_t id = 0;
  std::string remote_address;  // "unix:uid=1000,pid=42" or "127.0.0.1:5000"
  std::string listener;        // as in the config: "unix:/run/..." or "tcp:127.0.0.1:7070"
  std::string owner;           // who may take over its crawlerId: the peer's uid, or empty
  FramingMode framing = FramingMode::kAuto;
};

// One crawler's connection: bytes in, messages to the lane, outcomes and answers out. It reads into its
// worker's buffer, so an idle one holds none. It lives on its worker's thread for life, and is destroyed once
// it is closed and nothing in progress pins it.
class Connection final : public Peer {
 public:
  Connection(Worker& worker, Accepted accepted);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  void start();
  // Ends it: tells the plugins, then the peer where it takes error messages. `gone` runs when all that it had
  // in progress is done. code 0: the peer went, or the hub stops.
  void close(std::int32_t code, std::string_view reason, std::function<void()> gone = {});
  // Reads on after a pause.
  void resume();
  // Writes what is queued, as far as the socket takes it.
  void flush();
  void tick(std::int64_t now_monotonic_ns);
  // Reads no more, answers what it has, then closes.
  void end(std::string_view reason);

  std::uint64_t id() const { return info_.id; }
  bool closed() const { return closed_; }
  ConnectionView view() const;

  // Peer
  const crawlhub_connection& info() const override { return info_; }
  bool write(std::string_view job_member, std::string_view type, std::string_view job_id,
             std::string_view data) override;
  void finished(Ticket ticket, const Outcome& outcome) override;
  void** slot(std::size_t instance) override;
  void pin() override { ++pins_; }
  void unpin() override;

 private:
  enum class Pause : std::uint8_t { kNone, kCongested, kWriting, kHandshake };

  // reading.cpp
  void await_input();
  void on_input();
  void read_frames();
  bool must_pause();
  void pause(Pause why);
  void on_frame(std::string_view text);
  void on_message(crawlhub_message& message);
  bool number(const crawlhub_message& message, Ticket& ticket);
  void check_time(crawlhub_message& message);
  void refuse(std::int32_t code, std::string_view text);
  void on_end_of_input();

  // handshake.cpp
  void on_hello(const crawlhub_message& message);
  void welcome();

  // connection.cpp
  void await_output();
  void end_if_drained();
  void destroy_if_done();
  void mark_dirty();
  void append_due_ack();
  void report(std::int32_t code, std::string_view text, Ticket ticket, std::string_view job_id = {});
  std::vector<std::string> issues() const;

  struct Hello {
    std::string crawler_id, version;
    std::vector<std::string> capabilities;  // granted
    std::string data;                       // as it was sent
  };

  Worker& worker_;
  boost::asio::posix::stream_descriptor socket_;
  Framer framer_;
  crawlhub_connection info_{};
  std::string name_;
  std::string remote_address_;
  std::string listener_;
  std::string owner_;
  std::unique_ptr<Hello> hello_;        // once it said hello
  std::unique_ptr<Inflight> inflight_;  // where acks were granted
  std::vector<void*> slots_;
  std::string out_;          // what the socket has not taken yet
  std::size_t written_ = 0;  // of out_
  std::function<void()> gone_;
  std::string end_reason_;
  ConnectionStats stats_;
  std::int64_t paused_since_ns_ = 0;  // monotonic
  std::int64_t slow_since_ns_ = 0;    // monotonic; 0: the peer reads what it is sent
  std::int64_t heard_ns_ = 0;         // monotonic
  std::int64_t busy_since_ns_ = 0;    // monotonic
  std::uint32_t pins_ = 0;
  std::uint32_t unfinished_ = 0;  // messages whose outcome is not known
  std::uint32_t unreadable_in_a_row_ = 0;
  Pause paused_ = Pause::kNone;
  bool input_ended_ = false;
  bool closing_ = false;  // the plugins have been told
  bool closed_ = false;   // the socket is
  bool dirty_ = false;    // in the worker's list of those to flush
  bool awaiting_output_ = false;
  bool has_large_ = false;  // an unfinished message over Worker::kLargeMessage
};

}  // namespace crawlhub
