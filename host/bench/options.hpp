#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace crawlhub::bench {

// What `crawlhub bench` is told.
struct Options {
  std::string connect;  // unix:PATH or tcp:HOST:PORT: where crawlers connect
  std::string admin;    // path of the same hub's admin socket
  std::size_t connections = 16;
  std::size_t window = 64;    // messages in flight a connection
  std::size_t jobs = 10'000;  // spread over the connections
  std::size_t size = 300;     // bytes a message, its newline included
  std::size_t distinct = 4096;
  double seconds = 10;          // ends the run, unless messages is given
  std::uint64_t messages = 0;   // 0: no such limit
  double rate = 0;              // messages a second over all connections; 0: as fast as acks come
  std::size_t verify = 1000;    // jobs whose rows are compared afterwards
  std::size_t idle = 0;         // connections that do nothing, to see what each costs
  int hub_pid = 0;              // 0: the peer of a Unix socket
  std::optional<unsigned> cpu;  // the generator stays on it
  bool keep = false;            // leaves the jobs behind
};

// What is wrong with the options, in a sentence; empty where they can be used.
std::string problem(const Options& options);

}  // namespace crawlhub::bench
