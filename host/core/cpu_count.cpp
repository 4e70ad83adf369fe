#include "host/core/cpu_count.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>

#include <sched.h>

namespace crawlhub {
namespace {

unsigned cpus_of_affinity() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

// Where the cgroup v2 of this process lies below /sys/fs/cgroup; empty: not known.
std::string cgroup_path() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("0::")) return line.substr(3);
  }
  return {};
}

// The quota of one cgroup in processors; 0: none.
double quota_of(const std::string& path) {
  std::ifstream file("/sys/fs/cgroup" + path + "/cpu.max");
  double quota = 0, period = 0;
  // "max 100000" where there is none: the first number then fails to read.
  return file >> quota >> period && period > 0 ? quota / period : 0;
}

}  // namespace

unsigned available_cpus() {
  unsigned count = cpus_of_affinity();
  // A parent's quota binds its children, too.
  for (std::string path = cgroup_path();; path.erase(path.rfind('/'))) {
    const double quota = quota_of(path);
    if (quota > 0) count = std::min(count, std::max(1U, static_cast<unsigned>(std::ceil(quota))));
    if (path.find('/') == std::string::npos) return count;
  }
}

}  // namespace crawlhub
