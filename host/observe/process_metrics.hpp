#pragma once

#include <vector>

#include "host/observe/metrics.hpp"

namespace crawlhub {

// A collector for what every Prometheus client tells of its process, under the names that dashboards know:
// process_cpu_seconds_total, process_resident_memory_bytes, process_virtual_memory_bytes, process_open_fds,
// process_max_fds, process_threads, process_start_time_seconds.
void collect_process_metrics(std::vector<MetricFamily>& families);

}  // namespace crawlhub
