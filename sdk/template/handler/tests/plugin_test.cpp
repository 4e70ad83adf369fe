#include <crawlhub/testing/expect.hpp>
#include <crawlhub/testing/plugin_harness.hpp>
#include <crawlhub/testing/schema.hpp>

using namespace crawlhub::testing;

int main() {
  Expect expect;
  PluginHarness plugin(PLUGIN_FILE);

  expect.same(join_lines(schema_findings(plugin.descriptor().config_schema)), "",
              "the config schema is complete");

  expect.that(plugin.start(R"({"greeting":"Good morning"})"), "it starts");
  Crawler crawler = plugin.connect();
  const Exchange& answer = crawler.send(R"({"type":"sample","jobId":"job-1","data":{"name":"Ada \"L\""}})");
  expect.that(ok(answer.outcome), "a good message is accepted");
  expect.same(answer.replies.size(), 1u, "it is answered once");
  expect.same(crawler.received().at(0).type, "sample_reply", "the answer has its type");
  expect.same(crawler.received().at(0).data, R"({"text":"Good morning, Ada \"L\""})", "the answer greets");

  const Exchange& refused = crawler.send(R"({"type":"sample","data":{"name":5}})");
  expect.same(refused.code, int{CRAWLHUB_E_MISSING_FIELD}, "a message without name is refused");
  return expect.result();
}
