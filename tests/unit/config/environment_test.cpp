// What the environment does to a configuration.
#include <catch2/catch.hpp>

#include "tests/unit/config/config_test_support.hpp"

using namespace crawlhub;
using namespace std::chrono_literals;
using Catch::Contains;

TEST_CASE("variables are replaced within values") {
  Loaded loaded(
      "listeners: [ { unix: \"/run/${HUB}/${NAME:-crawler}.sock\" } ]\n"
      "log: { level: \"${LEVEL:-error}\" }\n"
      "limits:\n  connections: ${MOST}\n"
      "plugins: [ { name: x, config: { a: \"$${HUB} costs 5$\", n: \"${MOST}\" } } ]\n",
      {{"HUB", "one"}, {"MOST", "12"}, {"LEVEL", ""}});
  const Config& config = loaded.good();
  CHECK(config.listeners[0].unix_path == "/run/one/crawler.sock");
  CHECK(config.log_level == LogLevel::error);
  CHECK(config.limits.connections == 12);
  CHECK(config.plugins[0].config_json == R"({"a":"${HUB} costs 5$","n":"12"})");
}

TEST_CASE("what a variable holds is not replaced again") {
  Loaded loaded(kListener + "plugins: [ { name: x, config: { a: \"${A}\" } } ]\n", {{"A", "${B}"}});
  CHECK(loaded.good().plugins[0].config_json == R"({"a":"${B}"})");
}

TEST_CASE("secrets come from files") {
  Loaded first(kListener);
  first.directory.write("token", "sesame\n");
  first.directory.write("open", "sesame", 0644);
  const auto load = [&](const std::string& value) {
    ConfigRequest request;
    request.file = first.directory.write(
        "hub2.yaml", kListener + "http: { listen: \"127.0.0.1:1\", token: \"" + value + "\" }\n");
    request.environment = environment_of({});
    return load_config(request);
  };
  CHECK(load("file:token").config.http->token == "sesame");
  CHECK(load("file:token").warnings.empty());
  CHECK(load("file:" + first.directory.path() + "/token").config.http->token == "sesame");
  CHECK(load("plain").config.http->token == "plain");
  REQUIRE(load("file:open").warnings.size() == 1);
  CHECK_THAT(load("file:open").warnings[0].text, Contains("others may read"));
  first.directory.write("empty", "\n");
  CHECK_THAT(load("file:empty").errors.at(0).text, Contains("is empty"));
}

TEST_CASE("old variables win over the file, times in milliseconds") {
  Loaded loaded(kListener + "limits: { connections: 5 }\n", {{"SOCKET_MAX_CONNECTIONS", "9"},
                                                             {"SOCKET_CONNECTION_TIMEOUT", "30000"},
                                                             {"SOCKET_MAX_MESSAGE_SIZE", "1048576"},
                                                             {"SOCKET_HEARTBEAT_INTERVAL", "2000"},
                                                             {"SOCKET_HEARTBEAT_TIMEOUT", "45s"},
                                                             {"SOCKET_HEALTH_CHECK_INTERVAL", "1000"},
                                                             {"SOCKET_LOG_LEVEL", "debug"},
                                                             {"SOCKET_ENABLE_METRICS", "false"},
                                                             {"DATABASE_CONNECTION_POOL", "10"},
                                                             {"SOCKET_QUERY_TIMEOUT", "1500"},
                                                             {"SOCKET_TRANSACTION_TIMEOUT", "2500"},
                                                             {"SOCKET_BACKLOG", "17"}});
  const Config& config = loaded.good();
  CHECK(config.limits.connections == 9);
  CHECK(config.limits.idle == 30s);
  CHECK(config.limits.message_size == 1u << 20);
  CHECK(config.heartbeat.interval == 2s);
  CHECK(config.heartbeat.timeout == 45s);
  CHECK(config.heartbeat.check == 1s);
  CHECK(config.log_level == LogLevel::debug);
  CHECK_FALSE(config.metrics_enabled);
  CHECK(config.storage.readers == 10);
  CHECK(config.storage.query_timeout == 1500ms);
  CHECK(config.storage.transaction_timeout == 2500ms);
  CHECK(config.listeners[0].backlog == 17);
}

TEST_CASE("a variable set to nothing counts as not set") {
  Loaded loaded(kListener, {{"SOCKET_MAX_CONNECTIONS", ""}, {"SOCKET_PATH", ""}, {"DATABASE_URL", ""}});
  CHECK(loaded.good().limits.connections == 1000);
}

TEST_CASE("a bad variable is named") {
  Loaded loaded(kListener, {{"SOCKET_MAX_CONNECTIONS", "0"}, {"SOCKET_HEARTBEAT_INTERVAL", "soon"}});
  CHECK_THAT(loaded.all_errors(),
             Contains("environment SOCKET_MAX_CONNECTIONS: limits.connections: \"0\" is not usable") &&
                 Contains("environment SOCKET_HEARTBEAT_INTERVAL: heartbeat.interval: \"soon\""));
}

TEST_CASE("SOCKET_PATH moves the first Unix listener, or makes one") {
  Loaded moved(
      "listeners: [ { tcp: \"127.0.0.1:1\", auth: none }, { unix: /a, mode: \"0600\" }, { unix: /b } ]\n",
      {{"SOCKET_PATH", "/tmp/x.sock"}});
  CHECK(moved.good().listeners[1].unix_path == "/tmp/x.sock");
  CHECK(moved.good().listeners[1].mode == 0600);
  CHECK(moved.good().listeners[2].unix_path == "/b");
  CHECK(moved.shown("listeners[1].unix")->origin == "environment SOCKET_PATH");

  Loaded made("log: { level: info }\n", {{"SOCKET_PATH", "/tmp/x.sock"}});
  CHECK(made.good().listeners.at(0).unix_path == "/tmp/x.sock");
  CHECK(made.good().listeners[0].backlog == 511);

  Loaded empty("", {{"SOCKET_PATH", "/tmp/x.sock"}});
  CHECK(empty.good().listeners.at(0).unix_path == "/tmp/x.sock");

  Loaded bad(kListener, {{"SOCKET_PATH", "x.sock"}});
  CHECK_THAT(bad.all_errors(),
             Catch::StartsWith("environment SOCKET_PATH: listeners[0].unix: \"x.sock\" is not usable"));
}

TEST_CASE("SOCKET_HOST and SOCKET_PORT move the first TCP listener, or make one") {
  const std::string tcp = "listeners: [ { tcp: \"127.0.0.1:1\", auth: none } ]\n";
  CHECK(Loaded(tcp, {{"SOCKET_PORT", "9000"}}).good().listeners[0].tcp->text() == "127.0.0.1:9000");
  CHECK(Loaded(tcp, {{"SOCKET_HOST", "::1"}}).good().listeners[0].tcp->text() == "[::1]:1");
  CHECK(Loaded(tcp, {{"SOCKET_HOST", "localhost"}, {"SOCKET_PORT", "2"}}).good().listeners[0].tcp->text() ==
        "localhost:2");

  Loaded made(kListener, {{"SOCKET_PORT", "9000"}});
  REQUIRE(made.good().listeners.size() == 2);
  CHECK(made.good().listeners[1].tcp->text() == "localhost:9000");
  CHECK(made.good().listeners[1].auth == ListenerAuth::none);

  CHECK_THAT(Loaded(kListener, {{"SOCKET_PORT", "99999"}}).all_errors(),
             Contains("environment SOCKET_PORT: listeners[1].tcp: \"localhost:99999\" is not usable"));
  CHECK_THAT(Loaded(kListener, {{"SOCKET_PORT", "1"}, {"SOCKET_HOST", "0.0.0.0"}}).all_errors(),
             Contains("listeners[1].auth: is token where"));
  CHECK_THAT(Loaded(kListener, {{"SOCKET_HOST", "localhost"}}).all_warnings(),
             Contains("SOCKET_HOST: listeners: has no effect"));
}

TEST_CASE("DATABASE_URL picks the storage plugin") {
  Loaded sqlite(kListener, {{"DATABASE_URL", "file:data/hub.db?mode=rwc"}});
  CHECK(sqlite.good().plugins[0].name == "storage-sqlite");
  CHECK(sqlite.good().plugins[0].config_json == "{\"path\":\"" + sqlite.directory.path() + "/data/hub.db\"}");
  CHECK(sqlite.good().plugins.size() == 9);

  Loaded postgres(
      kListener + "plugins: [ { name: storage-sqlite, config: { path: a.db } }, { name: handler-jobs } ]\n",
      {{"DATABASE_URL", "postgres://hub:pw@db/crawl"}});
  REQUIRE(postgres.good().plugins.size() == 2);
  CHECK(postgres.good().plugins[0].name == "storage-postgres");
  CHECK(postgres.good().plugins[0].config_json == R"({"url":"postgres://hub:pw@db/crawl"})");

  Loaded kept(
      kListener + "plugins: [ { name: storage-sqlite, config: { path: a.db, durability: relaxed } } ]\n",
      {{"DATABASE_URL", "file:///var/hub.db"}});
  CHECK(kept.good().plugins[0].config_json == R"({"path":"/var/hub.db","durability":"relaxed"})");

  Loaded added(kListener + "plugins: [ { name: handler-jobs } ]\n", {{"DATABASE_URL", "file:/var/hub.db"}});
  CHECK(added.good().plugins[0].name == "storage-sqlite");

  Loaded bad(kListener, {{"DATABASE_URL", "mysql://u:secretpw@h/d"}});
  CHECK_THAT(bad.all_errors(),
             Contains("environment DATABASE_URL: plugins: names no storage plugin, expected file:PATH") &&
                 !Contains("secretpw"));
}

TEST_CASE("variables without a key are told, not ignored") {
  Loaded loaded(kListener, {{"SOCKET_RATE_LIMIT", "100"}});
  CHECK_THAT(loaded.all_warnings(), Contains("environment SOCKET_RATE_LIMIT: is set, but has no effect"));
}
