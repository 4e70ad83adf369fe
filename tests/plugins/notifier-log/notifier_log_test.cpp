#include <catch2/catch.hpp>

#include "tests/plugins/support/stored.hpp"

using namespace crawlhub;
using namespace crawlhub::test;

TEST_CASE("a notice says what, how often, where, and what to do; its end is told as well") {
  PluginHarness plugin(PLUGIN_FILE);
  REQUIRE(plugin.start());
  Problem problem;
  problem.code = CRAWLHUB_E_STORAGE_FAILED;
  problem.severity = CRAWLHUB_SEVERITY_HIGH;
  problem.message = "disk full";
  problem.job = "job-1";
  CHECK(ok(plugin.notify(problem, 12)));
  CHECK(plugin.host().logged(
      "notice: high storage_failed (database), 12 times within 0 s: disk full job=job-1. Look at",
      CRAWLHUB_LOG_ERROR));
  CHECK(ok(plugin.notify(problem, 1, true)));
  CHECK(plugin.host().logged("recovered: storage_failed (database): disk full"));
}
