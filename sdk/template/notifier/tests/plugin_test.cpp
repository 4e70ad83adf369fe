#include <filesystem>
#include <fstream>
#include <sstream>

#include <crawlhub/testing/expect.hpp>
#include <crawlhub/testing/plugin_harness.hpp>
#include <crawlhub/testing/schema.hpp>
#include <crawlhub/testing/temporary_directory.hpp>

using namespace crawlhub::testing;

int main() {
  Expect expect;
  const TemporaryDirectory folder;
  PluginHarness plugin(PLUGIN_FILE);
  plugin.host().config_directory = folder.path().string();

  expect.same(join_lines(schema_findings(plugin.descriptor().config_schema)), "",
              "the config schema is complete");

  expect.that(plugin.start(R"({"file":"notices.log"})"), "it starts");
  expect.that(ok(plugin.notify({.code = CRAWLHUB_E_STORAGE_FAILED, .message = "disk full"}, 3)),
              "it takes a notice");
  expect.that(ok(plugin.notify({.code = CRAWLHUB_E_STORAGE_FAILED, .message = "disk full"}, 3, true)),
              "and its end");

  std::ostringstream text;
  text << std::ifstream(folder.path() / "notices.log").rdbuf();
  expect.same(text.str(), "raised: disk full (3 times, code 401)\nrecovered: disk full (3 times, code 401)\n",
              "each is a line of the file");

  PluginHarness other(PLUGIN_FILE);
  other.host().config_directory = folder.path().string();
  expect.that(!other.start(R"({"file":"no/such/folder/x"})"),
              "a file that cannot be written to stops the start");
  expect.that(other.host().logged("no/such/folder/x"), "the log names the file");
  return expect.result();
}
