#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <crawlhub/abi/message.h>

namespace crawlhub {

// Names a message of a connection until its outcome is known.
using Ticket = std::uint64_t;
inline constexpr Ticket kNoTicket = 0;  // of hooks: nobody waits for their outcome

// What became of a message: accepted (and durable), or refused with an error of the catalogue.
struct Outcome {
  std::int32_t code = 0;  // 0: accepted
  std::string_view text;  // for the sender, where refused
};

// A connection as the pipeline sees it; net implements it. Thread: its worker, for all of it.
class Peer {
 public:
  virtual const crawlhub_connection& info() const = 0;
  // Queues one message for the peer. False where the connection takes nothing more.
  virtual bool write(std::string_view job_member, std::string_view type, std::string_view job_id,
                     std::string_view data) = 0;
  // The outcome of a message is known. Outcomes may come in any order.
  virtual void finished(Ticket ticket, const Outcome& outcome) = 0;
  // The pointer that the plugin instance with this number keeps on the connection.
  virtual void** slot(std::size_t instance) = 0;
  // Work in progress keeps the peer alive, be the connection open or not.
  virtual void pin() = 0;
  virtual void unpin() = 0;

 protected:
  ~Peer() = default;
};

}  // namespace crawlhub
