#include "host/core/thread_name.hpp"

#include <array>

#include <pthread.h>

namespace crawlhub {

void set_thread_name(std::string_view name) noexcept {
  std::array<char, 16> text{};
  name.copy(text.data(), text.size() - 1);
  pthread_setname_np(pthread_self(), text.data());
}

}  // namespace crawlhub
