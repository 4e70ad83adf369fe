#pragma once

#include "host/app/hub.hpp"
#include "host/http/routes.hpp"

namespace crawlhub {

// The probes and the metrics: /livez, /readyz, /metrics, /api/admin/health. hub must outlive them.
Routes http_routes(Hub& hub);

}  // namespace crawlhub
