#pragma once

namespace crawlhub {

// Processors that this process may keep busy: those of its affinity mask, fewer where its cgroup's quota (v2,
// cpu.max) allows less. At least 1.
unsigned available_cpus();

}  // namespace crawlhub
