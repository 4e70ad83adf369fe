#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/pipeline/peer.hpp"
#include "host/pipeline/pending.hpp"
#include "host/plugin/ports.hpp"

namespace crawlhub {

class Lane;

// What a plugin function can do while it runs for a connection. Lives on the worker's stack; the plugin must
// not keep it. One call object serves the plugins of a message in turn: enter() says whose turn it is.
class Call final : public crawlhub_call {
 public:
  Call(Lane& lane, Peer& peer, Ticket ticket) : lane_(lane), peer_(peer), ticket_(ticket) {}
  // A continuation of a pending call.
  Call(Lane& lane, Pending& pending)
      : lane_(lane), peer_(*pending.peer), ticket_(pending.ticket), pending_(&pending) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  template <class Table>
  void enter(const Station<Table>& station) {
    enter(station.instance, station.self, station.number);
  }
  void enter(Instance* instance, void* self, std::size_t number) {
    instance_ = instance;
    self_ = self;
    number_ = number;
    replacement_.clear();
  }

  crawlhub_status reply(std::string_view type, std::string_view job_id, std::string_view data) override;
  crawlhub_status fail(std::int32_t code, std::string_view text) override;
  crawlhub_status submit(const crawlhub_op* ops, std::uint64_t count, crawlhub_continuation then,
                         void* context) override;
  crawlhub_token defer() override;
  void** slot() override;
  crawlhub_status replace(std::string_view text, std::uint32_t tag) override;

  bool failed() const { return code_ != 0; }
  Outcome outcome() const { return {code_, text_}; }
  void refuse(std::int32_t code, std::string_view text) { static_cast<void>(fail(code, text)); }

 private:
  friend class Lane;

  Lane& lane_;
  Peer& peer_;
  Ticket ticket_;
  Pending* pending_ = nullptr;  // once something was submitted or deferred
  Instance* instance_ = nullptr;
  void* self_ = nullptr;
  std::size_t number_ = 0;
  std::int32_t code_ = 0;
  std::string text_;
  std::string replacement_;          // of the middleware whose turn it is
  std::vector<std::uint32_t> tags_;  // by middleware number; empty: none
};

}  // namespace crawlhub
