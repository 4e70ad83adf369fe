// Tokens: at rest, handed out, asked for again.
#include <fstream>

#include <sodium.h>
#include <sys/stat.h>

#include "plugins/handler-jobs/vault.hpp"
#include "tests/plugins/handler-jobs/rig.hpp"

using namespace crawlhub;
using namespace crawlhub::test;
using crawlhub::jobs::Vault;

namespace {

json ask(Crawler crawler, const std::string& job) {
  const Exchange& exchange = send(crawler, "token_refresh_request", job, {{"current_token_expired", true}});
  REQUIRE(ok(exchange.outcome));
  REQUIRE(exchange.replies.size() == 1);
  CHECK(exchange.replies[0].type == "token_refresh_response");
  CHECK(exchange.replies[0].job_id == job);
  return json::parse(exchange.replies[0].data);
}

}  // namespace

TEST_CASE("what one key has sealed, another does not open, and neither is it opened when changed") {
  REQUIRE(sodium_init() >= 0);
  Vault::Key key{};
  key[0] = 1;
  const Vault vault(key);
  key[0] = 2;
  const Vault other(key);
  for (const std::string clear : {"", "token-of-acme", "glpat-0123456789"}) {
    const std::string sealed = vault.seal(clear);
    CHECK((clear.empty() || sealed.find(clear) == std::string::npos));
    CHECK(vault.open(sealed) == clear);
    CHECK(vault.seal(clear) != sealed);
    CHECK_FALSE(other.open(sealed));
    std::string changed = sealed;
    changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
    CHECK_FALSE(vault.open(changed));
  }
  CHECK_FALSE(vault.open(""));
  CHECK_FALSE(vault.open("v1:AAAA"));
  CHECK_FALSE(vault.open("clear text"));
}

TEST_CASE("a key is read from hex and base64, and from nothing else") {
  REQUIRE(sodium_init() >= 0);
  const auto is_key = [](const std::string& text) { return jobs::parse_key(text).index() == 0; };
  CHECK(is_key(std::string(64, 'a') + "\n"));
  CHECK(is_key(std::string(43, 'A') + "="));
  CHECK_FALSE(is_key(std::string(62, 'a')));
  CHECK_FALSE(is_key("password"));
  CHECK_FALSE(is_key(""));
}

TEST_CASE("the key file is made once, for its owner alone; the storage sees no token in clear") {
  Rig rig;
  const auto file = rig.directory.path() / "handler-jobs.key";
  struct stat info {};
  REQUIRE(::stat(file.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  const std::string accounts = rig.storage.query(CRAWLHUB_QUERY_ACCOUNTS, "{}").text;
  CHECK(accounts.find("secret-1") == std::string::npos);
  CHECK(rig.plugin.command("accounts.list").text.find("secret-1") == std::string::npos);
  CHECK(json::parse(rig.plugin.command("accounts.list").text).at("accounts").at(0).at("hasToken") == true);

  rig.plugin.stop();
  PluginHarness next(PLUGIN_FILE);
  rig.storage.serve(next);
  next.host().state_directory = rig.directory.path();
  SECTION("the next start reads it") {
    CHECK(next.start());
  }
  SECTION("one that is open to others is refused") {
    ::chmod(file.c_str(), 0644);
    CHECK_FALSE(next.start());
    CHECK(next.host().logged("the key file is open to others; chmod 600 it"));
  }
  SECTION("one that is missing is missed, since tokens were encrypted by it") {
    std::filesystem::remove(file);
    CHECK_FALSE(next.start());
    CHECK(next.host().logged("account acme has a token that it encrypted: restore the file"));
    CHECK_FALSE(std::filesystem::exists(file));
  }
  SECTION("another key is a clear error") {
    CHECK_FALSE(next.start(R"({"key":")" + std::string(64, 'c') + R"("})"));
    CHECK(next.host().logged("the token of account acme was encrypted with another key"));
  }
  SECTION("so is one that is none") {
    CHECK_FALSE(next.start(R"({"key":"short"})"));
    CHECK(next.host().logged("key: expected 32 bytes as 64 hex digits or as base64, got 5 characters"));
  }
}

TEST_CASE("a token request is answered from the account's token, and the job goes on") {
  Rig rig;
  const std::string id = rig.add_job();
  Crawler crawler = rig.plugin.connect();
  REQUIRE(request_jobs(crawler).size() == 1);
  progress(crawler, id);
  rig.run("accounts.add", {{"name", "acme"}, {"token_file", "secret-2\n"}});
  const json answer = ask(crawler, id);
  CHECK(answer == json{{"accessToken", "secret-2"},
                       {"expiresAt", "2023-11-14T23:13:20.000Z"},
                       {"refreshSuccessful", true}});
  CHECK(rig.status(id) == "credential_renewed");
  CHECK(ok(progress(crawler, id, 2).outcome));
  CHECK(rig.status(id) == "running");
}

TEST_CASE("without a token the answer is a failure, and the job waits for a new one") {
  Rig rig;
  const std::string id = rig.add_job();
  Crawler crawler = rig.plugin.connect();
  REQUIRE(request_jobs(crawler).size() == 1);
  progress(crawler, id);
  rig.run("accounts.remove", {{"name", "acme"}});
  const json answer = ask(crawler, id);
  CHECK(answer.at("accessToken") == "");
  CHECK(answer.at("refreshSuccessful") == false);
  CHECK(answer.at("expiresAt").is_string());
  CHECK(answer.at("error_message") == "account acme is not known");
  CHECK(rig.status(id) == "credential_expired");
  CHECK(rig.plugin.section("leases", CRAWLHUB_SECTION_DRAIN) == "0");
  rig.run("accounts.add",
          {{"name", "acme"}, {"provider", "gitlab"}, {"url", "https://x.org"}, {"token", "t"}});
  CHECK(rig.status(id) == "queued");
}

TEST_CASE("a token request for a job that is unknown or another's is answered as well") {
  Rig rig;
  const std::string id = rig.add_job();
  Crawler crawler = rig.plugin.connect();
  CHECK(ask(crawler, "no-such-job").at("refreshSuccessful") == false);
  CHECK(ask(crawler, id).at("refreshSuccessful") == false);
  CHECK(rig.status(id) == "queued");
}
