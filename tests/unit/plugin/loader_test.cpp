#include "host/plugin/loader.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/plugin/fixture.hpp"

namespace fs = std::filesystem;
using crawlhub::PluginConfig;
using crawlhub::test::Hub;
using crawlhub::test::plugin_file;

namespace {

PluginConfig plugin_named(const std::string& name, const std::string& library = {}) {
  PluginConfig plugin;
  plugin.name = name;
  plugin.library = library.empty() ? name : library;
  return plugin;
}

}  // namespace

TEST_CASE("a plugin is found by name in the folders of plugin_path, in order") {
  Hub hub;
  CHECK(hub.loader->find(plugin_named("handler-good")).value() == plugin_file("handler-good"));
  CHECK(hub.loader->find(plugin_named("two", "handler-good")).value() == plugin_file("handler-good"));

  fs::create_directory(hub.directory.path() / "first");
  const fs::path nearer = hub.directory.path() / "first" / "handler-good.so";
  fs::copy_file(plugin_file("handler-good"), nearer);
  CHECK(hub.loader->find(plugin_named("handler-good")).value() == nearer);
}

TEST_CASE("a plugin that is nowhere is refused with every place that was looked at") {
  Hub hub;
  const auto library = hub.loader->open(plugin_named("handler-none"));
  REQUIRE_FALSE(library.ok());
  CHECK(library.error() == "plugin handler-none: there is no plugin handler-none; looked for " +
                               (hub.directory.path() / "first" / "handler-none.so").string() + ", " +
                               plugin_file("handler-none").string());
  CHECK(hub.loader->open(plugin_named("a", "/nowhere/x.so")).error() ==
        "plugin a: there is no file /nowhere/x.so");
}

TEST_CASE("a file under another plugin's name is refused") {
  Hub hub;
  fs::create_directory(hub.directory.path() / "first");
  fs::copy_file(plugin_file("handler-good"), hub.directory.path() / "first" / "handler-other.so");
  const auto library = hub.loader->open(plugin_named("handler-other"));
  REQUIRE_FALSE(library.ok());
  CHECK(library.error().find("it says it is handler-good") != std::string::npos);
}

TEST_CASE("two entries of one library are two instances") {
  Hub hub;
  const auto one = hub.create("handler-good").value();
  const auto two = hub.create("handler-good").value();
  CHECK(one->self() != two->self());
  one->end(std::chrono::seconds(5));
  CHECK(two->start().ok());
  two->end(std::chrono::seconds(5));
}
