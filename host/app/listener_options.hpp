#pragma once

#include "host/config/config.hpp"
#include "host/net/listener.hpp"

namespace crawlhub {

ListenerOptions listener_options(const ListenerConfig& config);

}  // namespace crawlhub
