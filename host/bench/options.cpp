#include "host/bench/options.hpp"

#include <crawlhub/client/address.hpp>

namespace crawlhub::bench {

namespace {

constexpr std::size_t kMostConnections = 100'000;
constexpr std::size_t kMostJobs = 1'000'000;
constexpr std::size_t kMostWindow = 65'536;
constexpr std::size_t kMostSize = std::size_t{1} << 20;

std::string outside(const char* option, std::size_t value, std::size_t least, std::size_t most) {
  if (value >= least && value <= most) return {};
  return std::string(option) + ": expected a number from " + std::to_string(least) + " to " +
         std::to_string(most) + ", got " + std::to_string(value);
}

}  // namespace

std::string problem(const Options& options) {
  const auto address = client::parse_address(options.connect);
  if (!address) return "--connect: " + address.error();
  for (std::string wrong :
       {outside("--connections", options.connections, 1, kMostConnections),
        outside("--window", options.window, 1, kMostWindow), outside("--jobs", options.jobs, 1, kMostJobs),
        outside("--size", options.size, 1, kMostSize), outside("--distinct", options.distinct, 1, kMostJobs),
        outside("--idle", options.idle, 0, kMostConnections)}) {
    if (!wrong.empty()) return wrong;
  }
  if (options.jobs < options.connections)
    return "--jobs: expected at least one for each of the " + std::to_string(options.connections) +
           " connections, got " + std::to_string(options.jobs);
  if (!(options.seconds > 0)) return "--seconds: expected more than 0";
  if (!(options.rate >= 0)) return "--rate: expected 0 (as fast as possible) or more";
  return {};
}

}  // namespace crawlhub::bench
