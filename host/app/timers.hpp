#pragma once

#include <cstdint>
#include <list>
#include <memory>

#include <boost/asio/io_context.hpp>

#include <crawlhub/abi/host.h>

#include "host/core/thread_pool.hpp"
#include "host/plugin/instance.hpp"

namespace crawlhub {

// The periodic calls of plugins: each runs in the pool, and never twice at once. Thread: that of io, but for
// add().
class PluginTimers {
 public:
  PluginTimers(boost::asio::io_context& io, ThreadPool& pool);
  ~PluginTimers();
  void add(Instance& instance, std::int64_t period_ns, crawlhub_timer fn, void* context);  // Thread: any
  // No timer fires afterwards; a call that runs goes on.
  void stop();

 private:
  struct Timer;
  static void arm(const std::shared_ptr<Timer>& timer);

  boost::asio::io_context& io_;
  ThreadPool& pool_;
  std::list<std::shared_ptr<Timer>> timers_;
  bool stopped_ = false;
};

}  // namespace crawlhub
