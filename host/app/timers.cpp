#include "host/app/timers.hpp"

#include <chrono>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "host/core/lane.hpp"
#include "host/plugin/call_scope.hpp"

namespace crawlhub {

struct PluginTimers::Timer {
  Timer(boost::asio::io_context& io, ThreadPool& to, std::shared_ptr<Instance> of)
      : timer(io), pool(to), instance(std::move(of)) {}

  boost::asio::steady_timer timer;
  ThreadPool& pool;
  std::shared_ptr<Instance> instance;
  std::chrono::nanoseconds period{};
  crawlhub_timer fn = nullptr;
  void* context = nullptr;
};

PluginTimers::PluginTimers(boost::asio::io_context& io, ThreadPool& pool) : io_(io), pool_(pool) {}

PluginTimers::~PluginTimers() = default;

void PluginTimers::add(Instance& instance, std::int64_t period_ns, crawlhub_timer fn, void* context) {
  auto timer = std::make_shared<Timer>(io_, pool_, instance.shared_from_this());
  timer->period = std::chrono::nanoseconds(period_ns);
  timer->fn = fn;
  timer->context = context;
  boost::asio::post(io_, [this, timer] {
    if (stopped_) return;
    timers_.push_back(timer);
    arm(timer);
  });
}

void PluginTimers::arm(const std::shared_ptr<Timer>& timer) {
  timer->timer.expires_after(timer->period);
  timer->timer.async_wait([timer](const boost::system::error_code& error) {
    if (error) return;
    const bool taken = timer->pool.post([timer] {
      {
        const CallGate::Pass pass = timer->instance->enter();
        if (!pass) return;
        const CallScope scope(*timer->instance, current_lane(), Place::pool);
        timer->fn(timer->instance->self(), timer->context);
      }
      boost::asio::post(timer->timer.get_executor(), [timer] { arm(timer); });
    });
    if (!taken) arm(timer);  // the pool is full: the next period is soon enough
  });
}

void PluginTimers::stop() {
  stopped_ = true;
  for (const auto& timer : timers_) timer->timer.cancel();
  timers_.clear();
}

}  // namespace crawlhub
