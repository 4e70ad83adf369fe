#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/bench/crawler.hpp"
#include "host/bench/histogram.hpp"
#include "host/bench/progress_messages.hpp"
#include "host/core/status.hpp"
#include "host/core/unique_fd.hpp"

namespace crawlhub::bench {

// What came of a run.
struct Measurement {
  std::uint64_t messages = 0;  // acked
  std::uint64_t rejected = 0;  // of those, refused
  std::string first_rejected;  // JSON, as the ack lists it
  double seconds = 0;          // from the first message to the last ack
  Histogram latency;           // ns, from giving a message to the kernel (with a rate: from when it was due)
                               // to reading the ack that covers it
};

// Keeps every connection's window full of job_progress messages, each about a random job of that connection.
// One thread, no allocation once its buffers have grown.
class Generator {
 public:
  struct Load {
    std::size_t window = 64;
    double seconds = 10;         // 0: no limit
    std::uint64_t messages = 0;  // 0: no limit
    double rate = 0;             // messages a second over all connections; 0: as fast as acks come
  };
  // Told once a second, seconds after the start.
  using OnSecond = std::function<void(const Measurement& so_far, double seconds)>;

  // crawlers and messages must outlive it. REQUIRES: every crawler holds a job and waits for no ack.
  Generator(std::vector<Crawler>& crawlers, const ProgressMessages& messages, const Load& load);

  // Sends, waits for the last ack and leaves in each job's `last` what was sent of it last.
  // Errors: NETWORK_FAILED where a connection was lost or the hub stopped to ack.
  Result<Measurement> run(const OnSecond& on_second);

 private:
  struct Lane {
    Crawler* crawler;
    std::uint64_t acked;
    std::vector<std::uint64_t> sent_at;  // ns, by seq modulo its size, a power of two
    bool waits_to_write = false;
    std::string other;  // the last line that was no ack: why the hub closed, if it did
  };

  Status open();
  bool sending(std::uint64_t now) const;
  Status wait(std::uint64_t now);
  Status receive(Lane& lane);
  void read_ack(Lane& lane, const client::AckView& ack, std::uint64_t now);
  bool has_room(const Lane& lane) const;
  void append(Lane& lane, std::uint64_t time);
  void fill(Lane& lane, std::uint64_t now);
  void append_due(std::uint64_t now);
  Status flush(Lane& lane);
  std::uint64_t due(std::uint64_t number) const;
  std::uint64_t random(std::uint64_t below);

  const ProgressMessages& messages_;
  const Load load_;
  std::vector<Lane> lanes_;
  UniqueFd epoll_;
  Measurement measured_;
  std::uint64_t sent_ = 0;
  std::uint64_t start_ = 0;     // ns
  std::uint64_t last_ack_ = 0;  // ns
  std::size_t next_lane_ = 0;   // of those that a rate is spread over
  std::uint64_t random_ = 0x9E3779B97F4A7C15;
};

}  // namespace crawlhub::bench
