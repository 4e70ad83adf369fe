#include "host/observe/process_metrics.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <sys/resource.h>
#include <unistd.h>

namespace crawlhub {
namespace {

void put(std::vector<MetricFamily>& families, const char* name, const char* help, MetricType type,
         double value) {
  MetricSample sample;
  sample.value = value;
  families.push_back({name, help, type, {std::move(sample)}});
}

std::string read_file(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The numbers of /proc/self/stat from field 4 on (proc(5)); field 2 may hold blanks and ends with the last
// ')'.
std::vector<double> read_stat() {
  const std::string text = read_file("/proc/self/stat");
  std::vector<double> fields;
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos || name_end + 3 > text.size()) return fields;
  const char* at = text.data() + name_end + 3;  // Behind ") S".
  const char* end = text.data() + text.size();
  for (double value = 0; at < end; at = std::find(at, end, ' ')) {
    while (at < end && *at == ' ') ++at;
    const auto result = std::from_chars(at, end, value);
    if (result.ec != std::errc()) break;
    fields.push_back(value);
    at = result.ptr;
  }
  return fields;
}

double boot_time() {
  const std::string text = read_file("/proc/stat");
  const std::size_t at = text.find("btime ");
  double seconds = 0;
  if (at != std::string::npos) std::from_chars(text.data() + at + 6, text.data() + text.size(), seconds);
  return seconds;
}

void collect_descriptors(std::vector<MetricFamily>& families) {
  std::error_code error;
  const std::filesystem::directory_iterator open("/proc/self/fd", error);
  if (!error) {
    put(families, "process_open_fds", "Open file descriptors.", MetricType::gauge,
        static_cast<double>(std::distance(begin(open), end(open))));
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    put(families, "process_max_fds", "Most file descriptors that may be open.", MetricType::gauge,
        static_cast<double>(limit.rlim_cur));
  }
}

}  // namespace

void collect_process_metrics(std::vector<MetricFamily>& families) {
  const std::vector<double> stat = read_stat();
  const auto field = [&](std::size_t number) { return stat[number - 4]; };
  collect_descriptors(families);
  if (stat.size() < 21) return;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  put(families, "process_cpu_seconds_total", "Processor time spent, user and system.", MetricType::counter,
      (field(14) + field(15)) / ticks);
  put(families, "process_threads", "Threads.", MetricType::gauge, field(20));
  put(families, "process_start_time_seconds", "When the process started, since 1970.", MetricType::gauge,
      boot_time() + field(22) / ticks);
  put(families, "process_virtual_memory_bytes", "Address space.", MetricType::gauge, field(23));
  put(families, "process_resident_memory_bytes", "Memory in use.", MetricType::gauge, field(24) * page);
}

}  // namespace crawlhub
