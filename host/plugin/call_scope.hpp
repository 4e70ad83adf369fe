#pragma once

#include <cstdint>

#include <crawlhub/abi/host.h>

#include "host/plugin/instance.hpp"

namespace crawlhub {

// What kind of thread a plugin is called on: the tags of crawlhub/abi/types.h.
enum class Place : std::uint8_t { none, control, worker, writer, reader, pool };

// Stands around every call into a plugin (a continuation included) on the thread that makes it: counts the
// call and, in debug builds, lets the host's functions refuse to be called where they must not be. call: the
// one handed to the plugin. A message of a blocking type is Place::pool.
class CallScope {
 public:
  CallScope(Instance& instance, std::uint32_t lane, Place place, crawlhub_call* call = nullptr) noexcept
      : instance_(instance), lane_(lane) {
    instance.count_call(lane);
#ifndef NDEBUG
    previous_ = enter({&instance, call, place});
#else
    static_cast<void>(place), static_cast<void>(call);
#endif
  }
  ~CallScope() {
#ifndef NDEBUG
    enter(previous_);
#endif
  }
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  // The call returned FAILED or a status that its function may not return.
  void failed() noexcept {
    instance_.count_failure(lane_);
  }

  struct Running {
    const Instance* instance = nullptr;
    crawlhub_call* call = nullptr;
    Place place = Place::none;
  };
  // The innermost call into a plugin on this thread. Debug builds only; else always empty.
  static Running running() noexcept;

 private:
  // Returns: what was running before.
  static Running enter(Running running) noexcept;

  Instance& instance_;
  std::uint32_t lane_;
#ifndef NDEBUG
  Running previous_;
#endif
};

}  // namespace crawlhub
