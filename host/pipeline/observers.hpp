#pragma once

#include <cstddef>
#include <vector>

#include <crawlhub/abi/handler.h>

#include "host/pipeline/peer.hpp"
#include "host/pipeline/pipeline.hpp"
#include "host/pipeline/plugin_call.hpp"

namespace crawlhub {

// Collects what observers shall see of a round of completions, and shows it to each in one call.
// Thread: its lane's worker.
class Observers {
 public:
  Observers(CallTimes& times, std::uint32_t lane) : times_(times), lane_(lane) {}

  void use(const Pipeline& pipeline);

  // For each observer of the route. message and results must stay until show().
  void add(const Route& route, const crawlhub_message& message, const Outcome& outcome,
           const crawlhub_result* results, std::size_t count);
  void show();
  bool empty() const { return waiting_ == 0; }

 private:
  struct Entry {
    crawlhub_observation observation;
    crawlhub_message message;  // the observer's own route number stands in it
  };

  CallTimes& times_;
  const std::uint32_t lane_;
  const Pipeline* pipeline_ = nullptr;
  std::vector<std::vector<Entry>> entries_;  // by handler
  std::size_t waiting_ = 0;
};

}  // namespace crawlhub
