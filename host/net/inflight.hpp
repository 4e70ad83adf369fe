#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "host/pipeline/peer.hpp"

namespace crawlhub {

// The numbered messages of a connection whose outcome is not acked yet, in their order: outcomes come in any
// order, acks are cumulative (docs/protocol.md, "acks"). Thread: the connection's worker.
class Inflight {
 public:
  struct Rejected {
    std::uint64_t seq;
    std::int32_t code;
    std::string text;
  };

  // More missing numbers at a time than this are refused instead of listed.
  static constexpr std::uint64_t kMostMissing = 1000;
  static constexpr std::size_t kMostRejected = 1000;  // in one ack

  // The number that the next message must carry, or a larger one where messages were unreadable.
  std::uint64_t expected() const { return last_ + 1; }

  // REQUIRES: expected() <= seq <= expected() + kMostMissing. Numbers left out are listed as unreadable.
  Ticket add(std::uint64_t seq);
  void finish(Ticket ticket, const Outcome& outcome);
  // REQUIRES: the ticket was given and is not finished.
  std::uint64_t seq(Ticket ticket) const { return entries_[ticket - first_].seq; }

  // Whether there is something to ack.
  bool due() const { return acked_ > told_; }
  // Whether the ack must go out now, to keep to kMostRejected.
  bool full() const { return rejected_.size() >= kMostRejected; }
  // What to ack now: everything up to the returned number, but for those in rejected.
  std::uint64_t take(std::vector<Rejected>& rejected);

 private:
  struct Entry {
    std::uint64_t seq;
    std::int32_t code;
    bool done;
    std::string text;  // where refused
  };

  void advance();

  std::deque<Entry> entries_;
  Ticket first_ = 1;         // the ticket of entries_.front()
  std::uint64_t last_ = 0;   // the newest number seen
  std::uint64_t acked_ = 0;  // everything up to it is done
  std::uint64_t told_ = 0;   // and this much the peer knows
  std::vector<Rejected> rejected_;
};

}  // namespace crawlhub
