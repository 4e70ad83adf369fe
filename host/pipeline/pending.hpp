#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <crawlhub/abi/handler.h>
#include <crawlhub/abi/message.h>

#include "host/pipeline/peer.hpp"
#include "host/pipeline/pipeline.hpp"

namespace crawlhub {

// A copy of a message that outlives the buffer it was read into. Reused: in steady state it allocates
// nothing.
class MessageCopy {
 public:
  void assign(const crawlhub_message& message);
  // REQUIRES: assign() before. Lives: until the next assign().
  const crawlhub_message& message() const { return message_; }
  crawlhub_message& message() { return message_; }

 private:
  std::string bytes_;
  std::vector<crawlhub_member> members_;
  crawlhub_message message_{};
};

// A call whose outcome is not known yet: its message waits for submissions or a token.
struct Pending {
  Peer* peer = nullptr;  // pinned
  Ticket ticket = kNoTicket;
  const Route* route = nullptr;   // null: of a hook
  std::uint32_t waiting_for = 0;  // submissions and tokens not yet answered
  std::int32_t code = 0;          // of the first refusal
  std::string text;
  std::vector<std::uint32_t> tags;  // of the middleware, for replies; empty: none was given
  MessageCopy copy;                 // where the route has observers
  std::vector<crawlhub_result>
      results;  // for observers: of all submissions, their bodies only while they are shown
};

// One submission of a pending call: the context of its storage operations.
struct Step {
  Pending* pending = nullptr;
  Instance* instance = nullptr;  // who submitted
  void* self = nullptr;
  std::size_t number = 0;  // of the instance
  crawlhub_continuation then = nullptr;
  void* context = nullptr;
};

// Objects to be used again, kept by the thread that uses them.
template <class T>
class Pool {
 public:
  T* take() {
    if (free_.empty()) {
      all_.push_back(std::make_unique<T>());
      return all_.back().get();
    }
    T* object = free_.back();
    free_.pop_back();
    return object;
  }
  void give_back(T* object) { free_.push_back(object); }
  std::size_t in_use() const { return all_.size() - free_.size(); }

 private:
  std::vector<std::unique_ptr<T>> all_;
  std::vector<T*> free_;
};

}  // namespace crawlhub
