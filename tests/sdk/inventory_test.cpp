// The example handler-inventory, through the harness: storage results, deferred answers, slots, observers,
// sections.
#include <string>

#include <catch2/catch.hpp>

#include <crawlhub/testing/plugin_harness.hpp>
#include <crawlhub/testing/schema.hpp>

namespace crawlhub::testing {
namespace {

const std::string kLibrary = EXAMPLES "/handler-inventory.so";

TEST_CASE("its config schema is complete") {
  CHECK(schema_findings(PluginHarness(kLibrary).descriptor().config_schema).empty());
}

TEST_CASE("an account is answered once it is stored") {
  PluginHarness plugin(kLibrary);
  REQUIRE(plugin.start());
  Crawler crawler = plugin.connect();
  const Exchange& stored =
      crawler.send(R"({"type":"machine_account","jobId":"j-1","data":{"account":"a","url":"https:\/\/x"}})");
  CHECK(ok(stored.outcome));
  REQUIRE(stored.ops.size() == 1);
  CHECK(stored.ops[0].kind == CRAWLHUB_OP_ACCOUNT_PUT);
  CHECK(stored.ops[0].key == "a");
  CHECK(stored.ops[0].body<crawlhub_account_put>().text(&crawlhub_account_put::url) == "https://x");
  REQUIRE(stored.replies.size() == 1);
  CHECK(stored.replies[0].type == "machine_account_stored");
  CHECK(stored.replies[0].job_id == "j-1");
}

TEST_CASE("an account that the storage refuses is refused with its words") {
  PluginHarness plugin(kLibrary);
  plugin.host().on_op = [](const RecordedOp&) {
    return ScriptedResult{
        .status = CRAWLHUB_RESULT_FAILED, .code = CRAWLHUB_E_STORAGE_FAILED, .text = "disk full"};
  };
  REQUIRE(plugin.start());
  const Exchange& refused =
      plugin.connect().send(R"({"type":"machine_account","data":{"account":"a","url":"u"}})");
  CHECK(refused.outcome == Outcome::kRefused);
  CHECK(refused.code == CRAWLHUB_E_STORAGE_FAILED);
  CHECK(refused.text == "disk full");
  CHECK(refused.replies.empty());
}

TEST_CASE("a lookup is answered later, by a thread of the plugin's own") {
  PluginHarness plugin(kLibrary);
  REQUIRE(plugin.start());
  Crawler crawler = plugin.connect();
  const Exchange& asked =
      crawler.send(R"({"type":"machine_lookup","jobId":"j","data":{"host":"127.0.0.1"}})");
  REQUIRE(plugin.host().wait_until([&] { return asked.outcome != Outcome::kPending; }));
  CHECK(ok(asked.outcome));
  REQUIRE(asked.replies.size() == 1);
  CHECK(asked.replies[0].data == R"({"host":"127.0.0.1","addresses":["127.0.0.1"]})");
}

TEST_CASE("where no token is to be had, a lookup is refused at once") {
  PluginHarness plugin(kLibrary);
  plugin.host().max_tokens = 0;
  REQUIRE(plugin.start());
  const Exchange& refused = plugin.connect().send(R"({"type":"machine_lookup","data":{"host":"x"}})");
  CHECK(refused.outcome == Outcome::kRefused);
  CHECK(refused.code == CRAWLHUB_E_RATE_LIMITED);
}

TEST_CASE("a machine is listed while its connection lasts") {
  PluginHarness plugin(kLibrary);
  REQUIRE(plugin.start());
  Crawler crawler = plugin.connect();
  crawler.send(R"({"type":"machine","data":{"name":"m1","cpus":4}})");
  CHECK(plugin.command("inventory.list").text == R"({"machines":[{"connection":1,"name":"m1","cpus":4}]})");
  crawler.disconnect();
  CHECK(plugin.command("inventory.list").text == R"({"machines":[]})");
}

TEST_CASE("accepted progress is counted in status and metrics") {
  PluginHarness plugin(kLibrary);
  REQUIRE(plugin.start());
  plugin.connect().send(R"({"type":"job_progress","jobId":"j","data":{}})");
  CHECK(plugin.section("inventory") == R"({"machines":0,"progress":1})");
  CHECK(plugin.section("inventory", CRAWLHUB_SECTION_METRICS) ==
        "inventory_progress_total\tcounter\tProgress reports that were accepted\t\t1\n");
}

}  // namespace
}  // namespace crawlhub::testing
