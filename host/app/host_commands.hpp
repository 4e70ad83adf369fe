#pragma once

#include "host/core/status.hpp"

namespace crawlhub {

class Hub;

// The commands that the host itself gives: status, connections, plugins, send, broadcast, drain, shutdown,
// config. Those of jobs, accounts and progress come from plugins.
Status add_host_commands(Hub& hub);

}  // namespace crawlhub
