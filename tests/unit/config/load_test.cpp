#include "host/config/load.hpp"

#include <catch2/catch.hpp>

#include "host/config/settings.hpp"
#include "host/config/value.hpp"
#include "tests/unit/config/config_test_support.hpp"

using namespace crawlhub;
using namespace std::chrono_literals;
using Catch::Contains;

TEST_CASE("a listener is enough: everything else has a default") {
  Loaded loaded(kListener);
  const Config& config = loaded.good();
  CHECK(loaded.all_warnings().empty());
  CHECK(config.profile == Profile::production);
  REQUIRE(config.listeners.size() == 1);
  CHECK(config.listeners[0].unix_path == "/run/crawlhub/crawler.sock");
  CHECK(config.listeners[0].mode == 0660);
  CHECK(config.listeners[0].framing == Framing::automatic);
  CHECK(config.listeners[0].auth == ListenerAuth::none);
  CHECK(config.listeners[0].backlog == 511);
  CHECK(config.admin_socket.empty());
  CHECK_FALSE(config.http.has_value());
  CHECK(config.limits.connections == 1000);
  CHECK(config.limits.message_size == 8u << 20);
  CHECK(config.limits.write_queue == 4u << 20);
  CHECK(config.limits.large_messages == 64u << 20);
  CHECK(config.limits.hold == 60s);
  CHECK(config.limits.idle == 0s);
  CHECK(config.max_errors == 20);
  CHECK(config.heartbeat.interval == 30s);
  CHECK(config.heartbeat.timeout == 90s);
  CHECK(config.workers >= 1);
  CHECK(config.log_level == LogLevel::info);
  CHECK(config.metrics_enabled);
  CHECK(config.shutdown_timeout == 10s);
  CHECK(config.state_directory == loaded.directory.path());
  REQUIRE(config.plugins.size() == 9);
  CHECK(config.plugins[0].name == "storage-sqlite");
  CHECK(config.plugins[0].library == "storage-sqlite");
  CHECK(config.plugins[0].enabled);
  CHECK_FALSE(config.plugins[0].required.has_value());
  REQUIRE(config.plugin_path.size() == 1);
  CHECK_THAT(config.plugin_path[0], Catch::EndsWith("/lib/crawlhub"));
}

TEST_CASE("the shape of the design document is read whole") {
  Loaded loaded(R"(
profile: production
threads: { workers: 2 }
listeners:
  - { unix: /run/crawlhub/crawler.sock, mode: "0600", framing: ndjson, auth: none, backlog: 9, owner: root, group: 100 }
  - { tcp: "127.0.0.1:7070", auth: none, framing: json-stream }
  - tcp: "[::1]:7071"
    auth: none
admin: { unix: /run/crawlhub/admin.sock }
http: { listen: "127.0.0.1:8090", token: sesame }
limits: { connections: 10, message_size: 1MiB, write_queue: 64KiB, idle: 5m, hold: 1m30s }
heartbeat: { interval: 20s, timeout: 60s }
log: { level: debug, format: json }
plugin_path: [ ../lib/crawlhub, /opt/plugins ]
plugins:
  - { name: storage-sqlite, config: { path: crawlhub.db, durability: full } }
  - { name: handler-jobs, priority: -5, required: true, config: { batch: 5, backoff: { first: 10s, factor: 2 } } }
  - { name: other-jobs, library: ./x.so, enabled: false, sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef }
)");
  const Config& config = loaded.good();
  CHECK(config.workers == 2);
  REQUIRE(config.listeners.size() == 3);
  CHECK(config.listeners[0].mode == 0600);
  CHECK(config.listeners[0].framing == Framing::ndjson);
  CHECK(config.listeners[0].backlog == 9);
  CHECK(config.listeners[0].owner == 0u);
  CHECK(config.listeners[0].group == 100u);
  CHECK(config.listeners[1].tcp->text() == "127.0.0.1:7070");
  CHECK(config.listeners[1].framing == Framing::json_stream);
  CHECK(config.listeners[2].tcp->host == "::1");
  CHECK(config.admin_socket == "/run/crawlhub/admin.sock");
  CHECK(config.http->listen.port == 8090);
  CHECK(config.http->token == "sesame");
  CHECK(config.limits.connections == 10);
  CHECK(config.limits.idle == 5min);
  CHECK(config.limits.hold == 90s);
  CHECK(config.log_format == LogFormat::json);
  CHECK(config.plugin_path[1] == "/opt/plugins");
  CHECK(config.plugin_path[0] == absolute_path("../lib/crawlhub", loaded.directory.path()));
  REQUIRE(config.plugins.size() == 3);
  CHECK(config.plugins[0].config_json == R"({"path":"crawlhub.db","durability":"full"})");
  CHECK(config.plugins[1].config_json == R"({"batch":5,"backoff":{"first":"10s","factor":2}})");
  CHECK(config.plugins[1].priority == -5);
  CHECK(config.plugins[1].required == true);
  CHECK(config.plugins[2].library == loaded.directory.path() + "/x.so");
  CHECK_FALSE(config.plugins[2].enabled);
}

TEST_CASE("JSON is read as well") {
  Loaded loaded(R"({"listeners":[{"unix":"/a.sock"}],"limits":{"connections":7},"plugins":[]})");
  CHECK(loaded.good().limits.connections == 7);
  CHECK(loaded.good().plugins.empty());
}

TEST_CASE("a profile changes defaults, and what the file says wins") {
  Loaded test(kListener + "profile: test\n");
  CHECK(test.good().heartbeat.interval == 5s);
  CHECK(test.good().log_level == LogLevel::warn);
  CHECK_FALSE(test.good().metrics_enabled);
  CHECK(test.good().limits.connections == 1000);
  CHECK(test.shown("heartbeat.interval")->origin == "profile test");

  Loaded development(kListener + "profile: development\nlog: { level: error }\n");
  CHECK(development.good().heartbeat.interval == 10s);
  CHECK(development.good().log_level == LogLevel::error);
}

TEST_CASE("config show tells each value and where it comes from") {
  Loaded loaded(
      kListener + "limits:\n  connections: 7\nhttp: { listen: \"127.0.0.1:8090\", token: sesame }\n",
      {{"SOCKET_HEARTBEAT_TIMEOUT", "7000"}});
  loaded.good();
  const std::string file = loaded.directory.path() + "/hub.yaml";
  CHECK(loaded.shown("limits.connections")->value == "7");
  CHECK(loaded.shown("limits.connections")->origin == file + ":3:16");
  CHECK(loaded.shown("limits.hold")->value == "1m");
  CHECK(loaded.shown("limits.hold")->origin == "default");
  CHECK(loaded.shown("limits.idle")->value == "off");
  CHECK(loaded.shown("heartbeat.timeout")->value == "7s");
  CHECK(loaded.shown("heartbeat.timeout")->origin == "environment SOCKET_HEARTBEAT_TIMEOUT");
  CHECK(loaded.shown("http.token")->value == "***");
  CHECK(loaded.shown("listeners[0].unix")->value == "/run/crawlhub/crawler.sock");
  CHECK(loaded.shown("listeners[0].mode")->value == "0660");
  CHECK(loaded.shown("listeners[0].auth")->value == "none");
  CHECK(loaded.shown("log.level")->live);
  CHECK_FALSE(loaded.shown("limits.hold")->live);
  for (const ShownSetting& setting : loaded.result.config.shown)
    CHECK(setting.value.find("sesame") == std::string::npos);
}

TEST_CASE("without a file the built-in configuration serves below a directory") {
  TemporaryDirectory directory;
  ConfigRequest request;
  request.directory = directory.path() + "/it's \"mine\" ${HOME}";
  request.environment = environment_of({});
  const ConfigResult result = load_config(request);
  REQUIRE(result.ok());
  CHECK(result.config.listeners.at(0).unix_path == request.directory + "/crawler.sock");
  CHECK(result.config.admin_socket == request.directory + "/admin.sock");
  CHECK(result.config.directory == request.directory);
  CHECK(result.config.state_directory == request.directory);
  CHECK(result.config.plugins.size() == 9);
}

TEST_CASE("the built-in configuration is found where XDG_RUNTIME_DIR says") {
  ConfigRequest request;
  request.environment = environment_of({{"XDG_RUNTIME_DIR", "/run/user/7"}});
  CHECK(load_config(request).config.admin_socket == "/run/user/7/crawlhub/admin.sock");
  CHECK_THAT(default_directory(environment_of({})), Catch::StartsWith("/"));
}

TEST_CASE("every default of the tables is itself good") {
  const auto check = [](const Setting& setting) {
    INFO(setting.key);
    for (const Profile profile : {Profile::development, Profile::test, Profile::production}) {
      const auto text = setting.default_in(profile);
      if (!text.empty()) CHECK(read_value(setting, text, "/").ok());
    }
    CHECK_FALSE(setting.help.empty());
    CHECK(setting.help.back() == '.');
  };
  for (const auto& row : host_settings()) check(row.setting);
  for (const auto& row : listener_settings()) check(row.setting);
  for (const auto& row : plugin_settings()) check(row.setting);
}
