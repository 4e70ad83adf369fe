#include "host/bench/ingest.hpp"

#include <cerrno>
#include <cstring>

#include <sched.h>

#include <crawlhub/abi/errors.h>
#include <crawlhub/client/stamp.hpp>

#include "host/bench/fleet.hpp"

namespace crawlhub::bench {

namespace {

Status pin_to(unsigned cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (cpu < CPU_SETSIZE) CPU_SET(cpu, &set);
  if (::sched_setaffinity(0, sizeof set, &set) == 0) return {};
  return {CRAWLHUB_E_BAD_ARGUMENT, "--cpu " + std::to_string(cpu) + ": " + std::strerror(errno)};
}

Result<Measurement> measure(const Options& options, Fleet& fleet, const Progress& progress) {
  const std::size_t head = fleet.crawlers().front().jobs().front().head.size();
  const ProgressMessages messages(options.distinct, options.size, head, client::timestamp_now());
  Generator generator(
      fleet.crawlers(), messages,
      {options.window, options.messages != 0 ? 0 : options.seconds, options.messages, options.rate});
  return generator.run(progress.second);
}

}  // namespace

Result<IngestResult> run_ingest(const Options& options, const Progress& progress) {
  IngestResult result;
  result.options = options;
  if (options.cpu) {
    if (Status status = pin_to(*options.cpu); !status) return status;
  }
  auto admin = AdminClient::connect(options.admin);
  if (!admin) return std::move(admin).status();
  if (options.idle != 0) {
    progress.stage("opening " + std::to_string(options.idle) + " idle connections");
    const auto idle = measure_idle(*client::parse_address(options.connect), options.idle, options.hub_pid);
    if (!idle) return idle.status();
    result.idle = *idle;
  }
  progress.stage("adding " + std::to_string(options.jobs) + " jobs, leasing them over " +
                 std::to_string(options.connections) + " connections");
  auto fleet = Fleet::prepare(options, *admin);
  if (!fleet) return std::move(fleet).status();
  result.durability = fleet->durability();
  progress.stage("measuring");
  auto measured = measure(options, *fleet, progress);
  if (!measured) return std::move(measured).status();
  result.measured = *std::move(measured);
  progress.stage("comparing the rows of " + std::to_string(std::min(options.verify, options.jobs)) + " jobs");
  auto verified = verify_rows(fleet->crawlers(), *admin, options.verify);
  if (!verified) return std::move(verified).status();
  result.verified = *std::move(verified);
  if (!options.keep) {
    progress.stage("ending the jobs");
    if (Status status = fleet->clear(*admin); !status) return status;
  }
  return result;
}

}  // namespace crawlhub::bench
