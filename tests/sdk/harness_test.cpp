#include <string>

#include <catch2/catch.hpp>

#include <crawlhub/testing/plugin_harness.hpp>

namespace crawlhub::testing {
namespace {

TEST_CASE("the echo example answers through the harness") {
  PluginHarness plugin(EXAMPLES "/handler-echo.so");
  REQUIRE(plugin.start(R"({"times":2})"));
  Crawler crawler = plugin.connect();
  const Exchange& answer = crawler.send(R"({"type":"echo","jobId":"job-1","data":{"text":"a\"b"}})");
  CHECK(ok(answer.outcome));
  REQUIRE(answer.replies.size() == 2);
  CHECK(answer.replies[1].type == "echo_reply");
  CHECK(answer.replies[1].job_id == "job-1");
  CHECK(answer.replies[1].data == R"({"text":"a\"b"})");

  const Exchange& refused = crawler.send(R"({"type":"echo","data":{}})");
  CHECK(refused.outcome == Outcome::kRefused);
  CHECK(refused.code == CRAWLHUB_E_MISSING_FIELD);
  CHECK(plugin.command("echo.count").text == R"({"answered":1})");
}

TEST_CASE("two instances of one plugin do not know of each other") {
  PluginHarness one(EXAMPLES "/handler-echo.so"), other(EXAMPLES "/handler-echo.so");
  REQUIRE(one.start());
  REQUIRE(other.start());
  one.connect().send(R"({"type":"echo","data":{"text":"x"}})");
  CHECK(one.command("echo.count").text == R"({"answered":1})");
  CHECK(other.command("echo.count").text == R"({"answered":0})");
}

// name: the library; type: what it answers.
void check_echo(const std::string& name, const std::string& type) {
  PluginHarness plugin(EXAMPLES "/" + name + ".so");
  CHECK(plugin.descriptor().name == name);
  REQUIRE(plugin.start());
  Crawler crawler = plugin.connect();
  const Exchange& answer =
      crawler.send(R"({"jobId":"job-1","data":{"other":1,"text":"a\"b"},"type":")" + type + "\"}");
  CHECK(ok(answer.outcome));
  REQUIRE(answer.replies.size() == 1);
  CHECK(answer.replies[0].type == type + "_reply");
  CHECK(answer.replies[0].job_id == "job-1");
  CHECK(answer.replies[0].data == R"({"text":"a\"b"})");

  for (const char* data : {"{}", R"({"text":5})"}) {
    const Exchange& refused = crawler.send("{\"type\":\"" + type + "\",\"data\":" + data + "}");
    CHECK(refused.outcome == Outcome::kRefused);
    CHECK(refused.code == CRAWLHUB_E_MISSING_FIELD);
    CHECK(refused.text == "data.text is missing, or is no string");
  }
}

TEST_CASE("the example in C answers") {
  check_echo("handler-c", "echo_c");
  PluginHarness plugin(EXAMPLES "/handler-c.so");
  REQUIRE(plugin.start(R"({"member": "name"})"));
  const Exchange& answer = plugin.connect().send(R"({"type":"echo_c","data":{"name":"x"}})");
  CHECK(answer.replies.at(0).data == R"({"text":"x"})");
  CHECK(plugin.command("echo_c.count").text == R"({"answered":1})");
}

#if HAVE_HANDLER_RUST
TEST_CASE("the example in Rust answers") {
  check_echo("handler-rust", "echo_rust");
}
#endif

TEST_CASE("what is no plugin is refused with its reason") {
  CHECK_THROWS_WITH(PluginHarness("/nonexistent/handler-x.so"), Catch::Contains("/nonexistent/handler-x.so"));
}

}  // namespace
}  // namespace crawlhub::testing
