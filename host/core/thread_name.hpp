#pragma once

#include <string_view>

namespace crawlhub {

// Names the calling thread as debuggers and top show it; Linux keeps 15 bytes.
void set_thread_name(std::string_view name) noexcept;

}  // namespace crawlhub
