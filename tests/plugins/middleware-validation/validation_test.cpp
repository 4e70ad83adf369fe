#include <catch2/catch.hpp>

#include "tests/plugins/support/stored.hpp"

using namespace crawlhub;
using namespace crawlhub::test;

namespace {

const std::string kHeartbeat =
    R"({"type":"heartbeat","data":{"activeJobs":0,"totalProcessed":0,"systemStatus":"idle"}})";

}  // namespace

TEST_CASE("a message that breaks a rule is refused with the field and the rule") {
  PluginHarness plugin(PLUGIN_FILE);
  REQUIRE(plugin.start(R"({"clock":"off"})"));
  Crawler crawler = plugin.connect();
  CHECK(ok(crawler.send(kHeartbeat).outcome));
  const Exchange& refused = crawler.send(
      R"({"type":"heartbeat","data":{"activeJobs":0,"totalProcessed":0,"systemStatus":"busy"}})");
  CHECK(refused.outcome == Outcome::kRefused);
  CHECK(refused.code == CRAWLHUB_E_INVALID_FIELD);
  CHECK(refused.text ==
        R"(data.systemStatus: expected one of idle, discovering, processing, error, got a string "busy")");
}

TEST_CASE("entity types are those of the config") {
  PluginHarness plugin(PLUGIN_FILE);
  REQUIRE(plugin.start(R"({"clock":"off","entity_types":["star","moon"]})"));
  Crawler crawler = plugin.connect();
  const auto report = [&](const std::string& type) {
    return crawler.send(
        R"({"type":"job_progress","jobId":"job-1","data":{"stage":"fetching","processed":1,"entityType":")" +
        type + "\"}}");
  };
  CHECK(ok(report("moon").outcome));
  CHECK(report("issue").text == R"(data.entityType: expected one of star, moon, got a string "issue")");
}

TEST_CASE("a message without a usable timestamp: replaced and told once, refused, or ignored") {
  PluginHarness plugin(PLUGIN_FILE);
  const std::string clock = GENERATE("replace", "refuse", "off");
  REQUIRE(plugin.start(R"({"clock":")" + clock + "\"}"));
  Crawler crawler = plugin.connect();
  const Exchange& first = crawler.send(kHeartbeat);
  crawler.send(kHeartbeat);
  if (clock == "refuse") {
    CHECK(first.code == CRAWLHUB_E_BAD_TIMESTAMP);
    CHECK(first.text.ends_with("but it is missing"));
  } else {
    CHECK(ok(first.outcome));
    CHECK(plugin.host().logs.size() == (clock == "replace" ? 1 : 0));
  }
  crawler.disconnect();
  if (clock == "replace") CHECK(plugin.host().logged("2 messages in all had no usable timestamp"));
}
