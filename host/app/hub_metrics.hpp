#pragma once

#include <vector>

#include "host/observe/metrics.hpp"

namespace crawlhub {

class Hub;

// Gathers the hub's metrics at a scrape; plugins' sections with them. Thread: pool.
void collect_metrics(Hub& hub, std::vector<MetricFamily>& families);

}  // namespace crawlhub
