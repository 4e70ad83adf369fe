#pragma once

#include <cstdint>
#include <vector>

#include "host/core/clock.hpp"
#include "host/observe/counter.hpp"
#include "host/plugin/call_scope.hpp"

namespace crawlhub {

// How long the calls of one lane into each plugin take. One in 64 is timed: a clock costs more than many a
// call. Thread: its worker writes, any reads.
class CallTimes {
 public:
  void resize(std::size_t instances) { seconds_ = std::vector<Histogram>(instances); }
  bool sampled() { return (++calls_ & 63) == 0; }
  void observe(std::size_t instance, std::int64_t ns) {
    seconds_[instance].observe(static_cast<std::uint64_t>(ns));
  }
  const Histogram& of(std::size_t instance) const { return seconds_[instance]; }

 private:
  std::uint32_t calls_ = 0;
  std::vector<Histogram> seconds_;  // by number of the instance
};

// Stands around every call into a plugin on a worker.
class PluginCall {
 public:
  PluginCall(CallTimes& times, Instance& instance, std::size_t number, std::uint32_t lane,
             crawlhub_call* call)
      : scope_(instance, lane, Place::worker, call),
        times_(times),
        number_(number),
        began_ns_(times.sampled() ? monotonic_ns() : 0) {}
  ~PluginCall() {
    if (began_ns_ != 0) times_.observe(number_, monotonic_ns() - began_ns_);
  }
  PluginCall(const PluginCall&) = delete;
  PluginCall& operator=(const PluginCall&) = delete;

  void failed() noexcept { scope_.failed(); }

 private:
  CallScope scope_;
  CallTimes& times_;
  std::size_t number_;
  std::int64_t began_ns_;
};

}  // namespace crawlhub
