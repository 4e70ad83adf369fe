#include <crawlhub/testing/expect.hpp>
#include <crawlhub/testing/plugin_harness.hpp>
#include <crawlhub/testing/schema.hpp>

using namespace crawlhub::testing;

int main() {
  Expect expect;
  PluginHarness plugin(PLUGIN_FILE);

  expect.same(join_lines(schema_findings(plugin.descriptor().config_schema)), "",
              "the config schema is complete");

  expect.that(plugin.start(R"({"deny":["discovery"]})"), "it starts");
  Crawler crawler = plugin.connect();
  expect.that(ok(crawler.send(R"({"type":"heartbeat"})").outcome), "other types pass");
  const Exchange& refused = crawler.send(R"({"type":"discovery"})");
  expect.same(refused.code, int{CRAWLHUB_E_FORBIDDEN}, "a denied type is refused");
  expect.same(refused.text, "discovery is not taken here", "the refusal names the type");
  return expect.result();
}
