#include <catch2/catch.hpp>

#include "tests/plugins/support/stored.hpp"

using namespace crawlhub;
using namespace crawlhub::test;

TEST_CASE("messages in and out are written at debug, with connection, type and job") {
  PluginHarness plugin(PLUGIN_FILE);
  REQUIRE(plugin.start(R"({"level":"debug","sample":1,"text":40})"));
  Crawler crawler = plugin.connect();
  crawler.send(R"({"type":"job_started","jobId":"job-1","data":{"entityType":"issue","entityId":"a/b/c"}})");
  CHECK(plugin.host().logged("in c" + std::to_string(crawler.id()) +
                             R"( job_started job-1 {"type":"job_started","jobId":"job-1","d...)"));
  plugin.after(crawler, "job_response", "", R"({"jobs":[]})");
  CHECK(plugin.host().logged("out c" + std::to_string(crawler.id()) + R"( job_response {"jobs":[]})"));
  CHECK(plugin.host().logs.at(0).level == CRAWLHUB_LOG_DEBUG);
}

TEST_CASE("one message in so many, of the types that are wanted") {
  PluginHarness plugin(PLUGIN_FILE);
  REQUIRE(plugin.start(R"({"level":"info","sample":3,"types":["heartbeat"],"text":0})"));
  Crawler crawler = plugin.connect();
  for (int i = 0; i < 9; ++i) {
    crawler.send(R"({"type":"heartbeat","data":{}})");
    crawler.send(R"({"type":"job_request","data":{}})");
  }
  REQUIRE(plugin.host().logs.size() == 3);
  CHECK(plugin.host().logs[0].text == "in c" + std::to_string(crawler.id()) + " heartbeat");
  CHECK(plugin.host().logs[0].level == CRAWLHUB_LOG_INFO);
}
