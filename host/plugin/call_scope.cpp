#include "host/plugin/call_scope.hpp"

#include <utility>

namespace crawlhub {

#ifndef NDEBUG

namespace {
thread_local CallScope::Running t_running;
}  // namespace

CallScope::Running CallScope::running() noexcept {
  return t_running;
}

CallScope::Running CallScope::enter(Running running) noexcept {
  return std::exchange(t_running, running);
}

#else

CallScope::Running CallScope::running() noexcept {
  return {};
}

CallScope::Running CallScope::enter(Running running) noexcept {
  return running;
}

#endif

}  // namespace crawlhub
