#include <crawlhub/testing/expect.hpp>
#include <crawlhub/testing/plugin_harness.hpp>
#include <crawlhub/testing/schema.hpp>

using namespace crawlhub::testing;

int main() {
  Expect expect;
  PluginHarness plugin(PLUGIN_FILE);

  expect.same(join_lines(schema_findings(plugin.descriptor().config_schema)), "",
              "the config schema is complete");

  expect.that(plugin.start(R"({"max_accounts":1})"), "it starts");
  crawlhub::OpBuilder ops;
  ops.add<crawlhub_account_put>(CRAWLHUB_OP_ACCOUNT_PUT, 0, "main")
      .text(&crawlhub_account_put::provider, "gitlab")
      .text(&crawlhub_account_put::url, "https://gitlab.example");
  ops.add<crawlhub_account_put>(CRAWLHUB_OP_ACCOUNT_PUT, 0, "one too many");
  ops.add<crawlhub_job_add>(CRAWLHUB_OP_JOB_ADD, 0, "job-1");
  const auto results = plugin.commit(ops);
  expect.same(results.at(0).status, CRAWLHUB_RESULT_OK, "an account is kept");
  expect.same(results.at(1).text, "max_accounts is reached", "the bound holds, and spoils no neighbour");
  expect.same(results.at(2).status, CRAWLHUB_RESULT_REFUSED, "what it cannot keep is refused");

  expect.same(plugin.query(CRAWLHUB_QUERY_ACCOUNTS, "{}").text,
              R"([{"name":"main","provider":"gitlab","url":"https://gitlab.example","token":""}])",
              "a query sees what was committed");
  return expect.result();
}
