#include <catch2/catch.hpp>

#include "tests/plugins/support/stored.hpp"

using namespace crawlhub;
using namespace crawlhub::test;

TEST_CASE("the newest heartbeat of each connection is shown, until the connection ends") {
  PluginHarness plugin(PLUGIN_FILE);
  REQUIRE(plugin.start());
  Crawler first = plugin.connect();
  Crawler second = plugin.connect();
  CHECK(ok(
      first.send(R"({"type":"heartbeat","data":{"activeJobs":1,"totalProcessed":5,"systemStatus":"idle"}})")
          .outcome));
  CHECK(ok(
      first
          .send(
              R"({"type":"heartbeat","data":{"activeJobs":2,"totalProcessed":9,"systemStatus":"processing"}})")
          .outcome));
  CHECK(ok(second.send(R"({"type":"heartbeat","data":{"systemStatus":"error"}})").outcome));

  const json shown = json::parse(plugin.command("connections.heartbeats").text);
  CHECK(shown.size() == 2);
  const json& of_first = shown.at("c" + std::to_string(first.id()));
  CHECK(of_first.at("heartbeats") == 2);
  CHECK(of_first.at("lastHeartbeat") == "2023-11-14T22:13:20.000Z");
  CHECK(of_first.at("data") ==
        json{{"activeJobs", 2}, {"totalProcessed", 9}, {"systemStatus", "processing"}});

  first.disconnect();
  CHECK(json::parse(plugin.command("connections.heartbeats").text).size() == 1);
}

TEST_CASE("a heartbeat is published with the connection and the hub's time in front") {
  PluginHarness plugin(PLUGIN_FILE);
  REQUIRE(plugin.start());
  Crawler crawler = plugin.connect();
  crawler.send(R"({"type":"heartbeat","data":{"activeJobs":1,"timestamp":"forged","systemStatus":"idle"}})");
  REQUIRE(plugin.host().events.size() == 1);
  CHECK(plugin.host().events[0].name == "connection.heartbeat");
  CHECK(json::parse(plugin.host().events[0].json) ==
        json{{"connectionId", "c" + std::to_string(crawler.id())},
             {"timestamp", "2023-11-14T22:13:20.000Z"},
             {"activeJobs", 1},
             {"systemStatus", "idle"}});
}
