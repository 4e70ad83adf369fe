#include "host/bench/memory.hpp"

#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/socket.h>

#include <crawlhub/abi/errors.h>

#include "host/bench/crawler.hpp"
#include "host/core/random_id.hpp"

namespace crawlhub::bench {

namespace {

Result<std::uint64_t> resident_of(int pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/status";
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::uint64_t bytes = resident_bytes(text);
  if (bytes == 0)
    return {CRAWLHUB_E_NOT_FOUND,
            path + " does not say what is resident: is " + std::to_string(pid) + " the hub?"};
  return bytes;
}

int peer_of(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
}

// As many files as this process may ever have open.
void raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Result<IdleCost> measure_idle(const client::Address& address, std::size_t connections, int hub_pid) {
  raise_file_limit();
  const std::string name = random_id("bench-idle-");
  // The first one is not counted: what the hub sets up once is no cost of a connection.
  auto first = Crawler::connect(address, name);
  if (!first) return std::move(first).status();
  if (hub_pid == 0 && address.kind == client::Address::Kind::unix_socket)
    hub_pid = peer_of(first->connection().fd());
  if (hub_pid == 0) return {CRAWLHUB_E_BAD_ARGUMENT, "--idle over TCP needs --hub-pid"};
  IdleCost cost;
  const auto before = resident_of(hub_pid);
  if (!before) return before.status();
  cost.before = *before;
  std::vector<Crawler> idle;
  idle.reserve(connections);
  while (idle.size() < connections) {
    auto crawler = Crawler::connect(address, name + "-" + std::to_string(idle.size()));
    if (!crawler)
      return std::move(crawler).status().within("idle connection " + std::to_string(idle.size() + 1) +
                                                " of " + std::to_string(connections));
    idle.push_back(*std::move(crawler));
  }
  const auto with = resident_of(hub_pid);
  if (!with) return with.status();
  cost.with = *with;
  cost.connections = connections;
  return cost;
}

std::uint64_t resident_bytes(std::string_view proc_status) {
  constexpr std::string_view kLine = "\nVmRSS:";
  const std::size_t line = proc_status.find(kLine);
  if (line == std::string_view::npos) return 0;
  std::string_view rest = proc_status.substr(line + kLine.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  std::uint64_t kib = 0;
  std::from_chars(rest.data(), rest.data() + rest.size(), kib);
  return kib * 1024;
}

}  // namespace crawlhub::bench
