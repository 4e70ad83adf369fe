#include <catch2/catch.hpp>

#include "tests/plugins/support/stored.hpp"

using namespace crawlhub;
using namespace crawlhub::test;

TEST_CASE("what is newer passes, what is older is replaced, and the answer takes its spelling") {
  PluginHarness plugin(PLUGIN_FILE);
  REQUIRE(plugin.start());
  Crawler crawler = plugin.connect();
  const Exchange& newer = crawler.send(R"({"type":"token_refresh_request","jobId":"job-1","data":{}})");
  CHECK(ok(newer.outcome));
  CHECK(newer.replaced.empty());
  const auto plain =
      plugin.after(crawler, "token_refresh_response", "job-1", R"({"accessToken":"t"})", newer.tag);
  REQUIRE(plain);
  CHECK(plain->job_member == "jobId");
  CHECK(plain->data == R"({"accessToken":"t"})");

  const Exchange& older = crawler.send(R"({"type":"token_refresh_request","job_id":"job-1","data":{}})");
  CHECK(older.outcome == Outcome::kReplaced);
  CHECK(json::parse(older.replaced).at("jobId") == "job-1");
  const auto answer =
      plugin.after(crawler, "token_refresh_response", "job-1",
                   R"({"accessToken":"t","expiresAt":"e","refreshSuccessful":true})", older.tag);
  REQUIRE(answer);
  CHECK(answer->job_member == "job_id");
  CHECK(json::parse(answer->data) ==
        json{{"access_token", "t"}, {"expires_at", "e"}, {"refresh_successful", true}});
}
