#include "host/core/cpu_count.hpp"

#include <thread>

#include <catch2/catch.hpp>
#include <sched.h>

TEST_CASE("the affinity mask bounds the processors") {
  unsigned pinned = 0;
  std::thread([&] {
    cpu_set_t all, one;
    sched_getaffinity(0, sizeof all, &all);
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu) {
      if (CPU_ISSET(cpu, &all)) CPU_SET(cpu, &one);
    }
    sched_setaffinity(0, sizeof one, &one);
    pinned = crawlhub::available_cpus();
  }).join();
  CHECK(pinned == 1);
  CHECK(crawlhub::available_cpus() >= 1);
}
