#include "host/plugin/library.hpp"

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "tests/unit/plugin/fixture.hpp"

using crawlhub::Library;
using crawlhub::test::plugin_file;
using crawlhub::test::TemporaryDirectory;

namespace fs = std::filesystem;

namespace {

// Why the library is refused; fails where it is not.
std::string refusal(const fs::path& file, std::string_view sha256 = {}) {
  const auto library = Library::open(file, sha256);
  REQUIRE_FALSE(library.ok());
  INFO(library.error());
  CHECK(library.error().starts_with(file.string() + ": "));
  return library.error();
}

void check_refused(const std::string& name, const std::string& sentence) {
  const std::string error = refusal(plugin_file(name));
  INFO(error);
  CHECK(error.find(sentence) != std::string::npos);
}

}  // namespace

TEST_CASE("a good plugin is loaded with what it says of itself") {
  const auto library = Library::open(plugin_file("handler-good"));
  REQUIRE(library.ok());
  const crawlhub::Descriptor& descriptor = (*library)->descriptor();
  CHECK(descriptor.name == "handler-good");
  CHECK(descriptor.version == "1.2.3");
  CHECK(descriptor.kind == CRAWLHUB_KIND_HANDLER);
  CHECK(descriptor.handler.handle != nullptr);
  CHECK((*library)->sha256().size() == 64);
}

TEST_CASE("each bad plugin is refused by its own sentence") {
  check_refused("no_descriptor", "it does not export crawlhub_plugin_v1");
  check_refused("wrong_major", "it was built for ABI 9, this hub has ABI 0");
  check_refused("needs_newer_minor", "it needs ABI 0.999");
  check_refused("short_descriptor", "its descriptor is too short: struct_size is 56, expected at least 64");
  check_refused("short_table", "its handler table is too short: struct_size is 88, expected at least 96");
  check_refused("null_table", "its vtable is null");
  check_refused("null_create", "its required function create is null");
  check_refused("null_destroy", "its required function destroy is null");
  check_refused("unknown_kind", "its kind 77 is none that this hub loads");
  check_refused("name_of_other_kind", "its name \"storage-bad\" is not handler-<name>");
  check_refused("schema_not_json", "its config_schema is not JSON");
  check_refused("executable_stack", "it demands an executable stack");
}

#ifndef __SANITIZE_ADDRESS__
TEST_CASE("a plugin that exports more than its descriptor is refused by the name of the symbol") {
  check_refused("extra_export", "it exports leaked_symbol beside crawlhub_plugin_v1");
}
#endif

TEST_CASE("what is no plugin's file is refused before it is mapped") {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "x.so";
  SECTION("absent") {
    CHECK(refusal(file).find("it cannot be opened: No such file") != std::string::npos);
  }
  SECTION("a folder") {
    fs::create_directory(file);
    CHECK(refusal(file).find("it is not a regular file") != std::string::npos);
  }
  SECTION("empty") {
    std::ofstream(file).close();
    CHECK(refusal(file).find("it is not an ELF file") != std::string::npos);
  }
  SECTION("text") {
    std::ofstream(file) << "#!/bin/sh\nexec true\n" << std::string(200, '#');
    CHECK(refusal(file).find("it is not an ELF file") != std::string::npos);
  }
  SECTION("an executable's object file") {
    fs::copy_file(plugin_file("handler-good"), file);
    std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(16).put(1);  // e_type: ET_REL
    CHECK(refusal(file).find("it is not a shared object") != std::string::npos);
  }
  SECTION("of another machine") {
    fs::copy_file(plugin_file("handler-good"), file);
    std::fstream(file, std::ios::in | std::ios::out | std::ios::binary)
        .seekp(18)
        .put(8);  // e_machine: EM_MIPS
    CHECK(refusal(file).find("it was built for another machine") != std::string::npos);
  }
}

TEST_CASE("a file that everybody may write to is refused") {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "x.so";
  fs::copy_file(plugin_file("handler-good"), file);
  fs::permissions(file, fs::perms::others_write, fs::perm_options::add);
  CHECK(refusal(file).find("everybody may write to it") != std::string::npos);
}

TEST_CASE("a file cut anywhere is refused, not loaded and not crashed on") {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "x.so";
  const std::uintmax_t size = fs::file_size(plugin_file("handler-good"));
  for (std::uintmax_t length = 0; length < size; length += 61) {
    fs::copy_file(plugin_file("handler-good"), file, fs::copy_options::overwrite_existing);
    fs::resize_file(file, length);
    refusal(file);
  }
  fs::resize_file(file, size / 2);
  CHECK(refusal(file).find("it is cut short") != std::string::npos);
}

TEST_CASE("the SHA-256 must be the one of the configuration, in either case of letters") {
  const auto library = Library::open(plugin_file("handler-good"));
  REQUIRE(library.ok());
  std::string hash = (*library)->sha256();
  CHECK(Library::open(plugin_file("handler-good"), hash).ok());
  for (char& c : hash) c = static_cast<char>(std::toupper(c));
  CHECK(Library::open(plugin_file("handler-good"), hash).ok());
  hash[0] = hash[0] == '0' ? '1' : '0';
  CHECK(refusal(plugin_file("handler-good"), hash).find("the configuration demands " + hash) !=
        std::string::npos);
}
