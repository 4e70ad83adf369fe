// What storage-sqlite says when it cannot start, and what it leaves on the disk.
#include <filesystem>
#include <fstream>
#include <string>

#include <SQLiteCpp/Database.h>
#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <crawlhub/testing/storage_contract.hpp>

using namespace crawlhub;
using namespace crawlhub::testing;
namespace fs = std::filesystem;

namespace {

constexpr const char* kSmall = R"({"journal":1048576})";

std::string why_not(const fs::path& folder, const char* config = kSmall) {
  try {
    StorageDriver driver(STORAGE_SQLITE, config, folder);
  } catch (const ContractBroken& error) {
    return error.what();
  }
  return "";
}

std::string findings(const fs::path& folder) {
  PluginHarness plugin(STORAGE_SQLITE);
  plugin.host().state_directory = plugin.host().config_directory = folder.string();
  REQUIRE(plugin.create(kSmall));
  std::string text;
  const auto status = plugin.storage()->probe(plugin.self(), append_to_string, &text);
  return std::to_string(status) + " " + text;
}

}  // namespace

TEST_CASE("a database of a newer crawlhub is refused with what to do") {
  const TemporaryDirectory folder;
  { StorageDriver driver(STORAGE_SQLITE, kSmall, folder.path()); }
  SQLite::Database(folder.path() / "crawlhub.db", SQLite::OPEN_READWRITE)
      .exec("INSERT INTO schema_version VALUES (99, 0, 'the future')");
  const std::string reason = why_not(folder.path());
  CHECK_THAT(reason, Catch::Contains("crawlhub.db: the database has schema version 99"));
  CHECK_THAT(reason, Catch::Contains("Install the newer crawlhub"));
  CHECK_THAT(findings(folder.path()), Catch::Contains("schema version 99"));
}

TEST_CASE("a database in use is refused with the number of the process that uses it") {
  const TemporaryDirectory folder;
  StorageDriver driver(STORAGE_SQLITE, kSmall, folder.path());
  CHECK_THAT(why_not(folder.path()), Catch::Contains("process " + std::to_string(getpid())));
  CHECK_THAT(findings(folder.path()), Catch::Contains("process " + std::to_string(getpid())));
  CHECK(driver.add("job").status == CRAWLHUB_RESULT_OK);
}

TEST_CASE("a folder that does not exist is named") {
  const TemporaryDirectory folder;
  const fs::path missing = folder.path() / "missing";
  CHECK_THAT(why_not(missing), Catch::Contains("missing") && Catch::Contains("folder"));
}

TEST_CASE("a file that is no database is refused and left as it is") {
  const TemporaryDirectory folder;
  const fs::path file = folder.path() / "crawlhub.db";
  std::ofstream(file)
      << "this is a letter to my grandmother, not a database, and it is long enough to be read as one";
  const auto size = fs::file_size(file);
  CHECK_THAT(why_not(folder.path()), Catch::Contains("crawlhub.db") && Catch::Contains("not a database"));
  CHECK(fs::file_size(file) == size);
}

TEST_CASE("only the owner may read what the hub stores") {
  const TemporaryDirectory folder;
  const mode_t old = umask(0);
  StorageDriver driver(STORAGE_SQLITE, kSmall, folder.path());
  driver.account("acc");
  umask(old);
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    INFO(entry.path());
    CHECK((entry.status().permissions() & fs::perms::all) ==
          (fs::perms::owner_read | fs::perms::owner_write));
    ++files;
  }
  CHECK(files >= 5);
}

TEST_CASE("a probe of a healthy or a new database finds nothing and changes nothing") {
  const TemporaryDirectory folder;
  CHECK(findings(folder.path()) == "0 ");
  CHECK(fs::is_empty(folder.path()));
  { StorageDriver driver(STORAGE_SQLITE, kSmall, folder.path()); }
  CHECK(findings(folder.path()) == "0 ");
}

TEST_CASE("progress is folded into its row beside the load, and at a stop") {
  const TemporaryDirectory folder;
  const auto stored = [&](const char* job) {
    SQLite::Database database(folder.path() / "crawlhub.db", SQLite::OPEN_READONLY);
    return database.execAndGet(std::string("SELECT coalesce(progress, '') FROM job WHERE id = '") + job + "'")
        .getString();
  };
  {
    StorageDriver driver(STORAGE_SQLITE, kSmall, folder.path());
    driver.account("acc");
    leases::running(driver, "job");
    driver.progress("job", 41);
    CHECK(stored("job") == "");  // one update a report is what SQLite cannot do
    driver.event("job", CRAWLHUB_EVENT_TOKEN_REQUEST);
    CHECK_THAT(stored("job"), Catch::Contains("\"total_processed\":41"));
    driver.progress("job", 42);
  }
  CHECK_THAT(stored("job"), Catch::Contains("\"total_processed\":42"));
}
