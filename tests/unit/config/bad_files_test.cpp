// Each file here is wrong in one way, and the error says where and how.
#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "tests/unit/config/config_test_support.hpp"

using namespace crawlhub;
using Catch::Contains;

namespace {

struct BadFile {
  const char* text;
  const char* error;  // Begins one of the lines.
};

const BadFile kBadFiles[] = {
    {"", "hub.yaml: listeners: there is none, expected at least one"},
    {"listeners: []\n", "hub.yaml:1:12: listeners: there is none"},
    {"[]\n", "hub.yaml:1:1: is no map of settings"},
    {"just text\n", "hub.yaml:1:1: is no map of settings"},
    {"limits: { connections: 5\n", "hub.yaml:2:1: not YAML: "},
    {"limits:\n\tconnections: 5\n",
     "hub.yaml:2:13: not YAML: illegal map value (indent with blanks, not with tabs)"},
    {"a: &x [*x]\n", "hub.yaml:1:"},
    {"log: { level: info }\n---\nlog: { level: info }\n", "hub.yaml:3:1: a second document"},
    {"log: { level: info }\nlog: { level: debug }\n", "hub.yaml:2:1: log: stands twice; first in line 1"},
    {"limit: { connections: 5 }\n", "hub.yaml:1:1: limit: there is no such key; did you mean limits?"},
    {"limits:\n  conections: 5\n",
     "hub.yaml:2:3: limits.conections: there is no such key; did you mean connections?"},
    {"limits: { messageSize: 5 }\n",
     "hub.yaml:1:11: limits.messageSize: there is no such key; did you mean message_size?"},
    {"log: { x: 5 }\n", "hub.yaml:1:8: log.x: there is no such key; expected level or format"},
    {"limits: 5\n", "hub.yaml:1:9: limits: is no map of settings, expected connections, message_size,"},
    {"profile: staging\n",
     "hub.yaml:1:10: profile: \"staging\" is not usable, expected development, test or production"},
    {"limits: { connections: 0 }\n",
     "hub.yaml:1:24: limits.connections: \"0\" is not usable, expected a whole number from 1 to 1000000"},
    {"limits: { connections: -1 }\n", "hub.yaml:1:24: limits.connections: \"-1\" is not usable"},
    {"limits: { connections: many }\n", "hub.yaml:1:24: limits.connections: \"many\" is not usable"},
    {"limits: { connections: 99999999999999999999 }\n", "hub.yaml:1:24: limits.connections: "},
    {"limits: { connections: [1] }\n",
     "hub.yaml:1:24: limits.connections: is a list, expected a whole number"},
    {"limits: { connections: {} }\n", "hub.yaml:1:24: limits.connections: is a map, expected a whole number"},
    {"limits: { connections: \"\" }\n",
     "hub.yaml:1:24: limits.connections: is empty, expected a whole number"},
    {"limits: { message_size: 8MB }\n",
     "hub.yaml:1:25: limits.message_size: \"8MB\" is not usable, expected a size such as 8MiB from 256B to "
     "1GiB"},
    {"limits: { message_size: 128MiB }\n",
     "hub.yaml:1:25: limits.message_size: is over limits.large_messages (64MiB)"},
    {"limits: { hold: 30 }\n",
     "hub.yaml:1:17: limits.hold: \"30\" is not usable, expected a duration such as 30s, at least 10ms"},
    {"limits: { hold: off }\n", "hub.yaml:1:17: limits.hold: \"off\" is not usable"},
    {"limits: { idle: never }\n",
     "hub.yaml:1:17: limits.idle: \"never\" is not usable, expected a duration such as 30s, at least 100ms, "
     "or off"},
    {"metrics: { enabled: yes }\n",
     "hub.yaml:1:21: metrics.enabled: \"yes\" is not usable, expected true or false"},
    {"threads: { workers: 0 }\n",
     "hub.yaml:1:21: threads.workers: \"0\" is not usable, expected a whole number from 1 to 256, or auto"},
    {"admin: { unix: admin.sock }\n",
     "hub.yaml:1:16: admin.unix: \"admin.sock\" is not usable, expected an absolute path"},
    {"http: { listen: 8090 }\n",
     "hub.yaml:1:17: http.listen: \"8090\" is not usable, expected an address and a port"},
    {"http: { listen: \"127.0.0.1:0\" }\n", "hub.yaml:1:17: http.listen: \"127.0.0.1:0\" is not usable"},
    {"http: { listen: \"127.0.0.1:65536\" }\n",
     "hub.yaml:1:17: http.listen: \"127.0.0.1:65536\" is not usable"},
    {"http: { listen: \"::1:80\" }\n", "hub.yaml:1:17: http.listen: \"::1:80\" is not usable"},
    {"http: { listen: \"0.0.0.0:8090\" }\n",
     "hub.yaml:1:17: http.listen: is no loopback address, expected http.token"},
    {"http: { listen: \"127.evil.example:80\" }\n", "hub.yaml:1:17: http.listen: is no loopback address"},
    {"http: { token: abc }\n", "hub.yaml:1:7: http: has no listen"},
    {"http: { token: \"file:none\" }\n", "hub.yaml:1:16: http.token: there is no file "},
    {"listeners: { unix: /a.sock }\n", "hub.yaml:1:12: listeners: is no list, expected entries such as"},
    {"listeners: [ /a.sock ]\n", "hub.yaml:1:14: listeners[0]: is no map, expected an entry such as"},
    {"listeners: [ {} ]\n", "hub.yaml:1:14: listeners[0]: expected either unix or tcp, one of them"},
    {"listeners: [ { unix: /a, tcp: \"127.0.0.1:1\" } ]\n",
     "hub.yaml:1:14: listeners[0]: expected either unix or tcp"},
    {"listeners: [ { unix: a.sock } ]\n",
     "hub.yaml:1:22: listeners[0].unix: \"a.sock\" is not usable, expected an absolute path"},
    {"listeners: [ { unix: /a, owner: nobody-of-that-name } ]\n",
     "hub.yaml:1:33: listeners[0].owner: \"nobody-of-that-name\" is not usable, expected a user of this "
     "machine"},
    {"listeners: [ { unix: /a, group: nobody-of-that-name } ]\n",
     "hub.yaml:1:33: listeners[0].group: \"nobody-of-that-name\" is not usable, expected a group of this "
     "machine"},
    {"listeners: [ { unix: /a, mode: rw } ]\n",
     "hub.yaml:1:32: listeners[0].mode: \"rw\" is not usable, expected rights in octal, such as \"0660\""},
    {"listeners: [ { unix: /a, framing: lines } ]\n",
     "hub.yaml:1:35: listeners[0].framing: \"lines\" is not usable, expected auto, ndjson or json-stream"},
    {"listeners: [ { unix: /a, port: 1 } ]\n", "hub.yaml:1:26: listeners[0].port: there is no such key"},
    {"listeners: [ { tcp: \"127.0.0.1:1\", auth: none, mode: \"0600\" } ]\n",
     "hub.yaml:1:48: listeners[0].mode: is of Unix sockets only"},
    {"listeners: [ { tcp: \"127.0.0.1:7070\" } ]\n",
     "hub.yaml:1:14: listeners[0].auth: is token where a tcp listener says nothing, and that needs the "
     "plugin middleware-auth"},
    {"listeners: [ { unix: /a, auth: token } ]\n",
     "hub.yaml:1:32: listeners[0].auth: token needs the plugin middleware-auth"},
    {"listeners: [ { tcp: \"10.0.0.1:7070\", auth: none } ]\n",
     "hub.yaml:1:44: listeners[0].auth: none is for Unix sockets and loopback"},
    {"listeners: [ { unix: /a }, { unix: /b/../a } ]\n",
     "hub.yaml:1:28: listeners[1].unix: /a is also that of listeners[0].unix"},
    {"listeners: [ { unix: /a } ]\nadmin: { unix: /a }\n",
     "hub.yaml:1:14: listeners[0].unix: /a is also that of admin.unix"},
    {"plugins: {}\n", "hub.yaml:1:10: plugins: is no list"},
    {"plugins: [ handler-jobs ]\n",
     "hub.yaml:1:12: plugins[0]: is no map, expected an entry such as { name: handler-jobs }"},
    {"plugins: [ { config: {} } ]\n", "hub.yaml:1:12: plugins[0].name: is missing"},
    {"plugins: [ { name: Handler_Jobs } ]\n",
     "hub.yaml:1:20: plugins[0].name: \"Handler_Jobs\" is no plugin name"},
    {"plugins: [ { name: ../../etc } ]\n", "hub.yaml:1:20: plugins[0].name: \"../../etc\" is no plugin name"},
    {"plugins: [ { name: a }, { name: a } ]\n",
     "hub.yaml:1:33: plugins[1].name: is the name of plugins[0], too"},
    {"plugins: [ { name: a, prority: 1 } ]\n",
     "hub.yaml:1:23: plugins[0].prority: there is no such key; did you mean priority?"},
    {"plugins: [ { name: a, config: 5 } ]\n", "hub.yaml:1:31: plugins[0].config: is no map"},
    {"plugins: [ { name: a, sha256: abc } ]\n", "hub.yaml:1:31: plugins[0].sha256: is no SHA-256"},
    {"plugins: [ { name: a, enabled: maybe } ]\n",
     "hub.yaml:1:32: plugins[0].enabled: \"maybe\" is not usable"},
    {"plugin_path: 5: 6\n", "hub.yaml:1:15: not YAML: "},
    {"plugin_path: [ [] ]\n", "hub.yaml:1:14: plugin_path: holds what is no path"},
    {"plugin_path: { a: b }\n", "hub.yaml:1:14: plugin_path: is a map, expected a list of paths"},
    {"log: { level: \"${NOT_SET}\" }\n",
     "hub.yaml:1:15: log.level: the environment variable NOT_SET is not set; set it, or write "
     "${NOT_SET:-default}"},
    {"log: { level: \"${NOT_SET\" }\n", "hub.yaml:1:15: log.level: a ${ without its }"},
    {"log: { level: \"${}\" }\n", "hub.yaml:1:15: log.level: \"${}\" names no variable"},
    {"plugins: [ { name: a, config: { x: [ \"${NOT_SET}\" ] } } ]\n",
     "hub.yaml:1:38: plugins[0].config.x[0]: the environment variable"},
};

bool has_line(const std::string& text, const std::string& beginning) {
  return ("\n" + text).find("\n" + beginning) != std::string::npos;
}

}  // namespace

TEST_CASE("every mistake is named with its place") {
  for (const BadFile& bad : kBadFiles) {
    Loaded loaded(bad.text);
    INFO(bad.text);
    INFO("expected: " << bad.error);
    INFO("got: " << loaded.all_errors());
    CHECK_FALSE(loaded.result.ok());
    CHECK(has_line(loaded.all_errors(), bad.error));
  }
}

TEST_CASE("one run finds all mistakes, in the order of the file") {
  Loaded loaded("log: { level: loud }\nlimits:\n  conections: 5\n  hold: 30\nlisteners: [ { unix: a } ]\n");
  const std::string errors = loaded.all_errors();
  INFO(errors);
  REQUIRE(loaded.result.errors.size() == 4);
  CHECK(has_line(errors, "hub.yaml:1:15: log.level"));
  CHECK(errors.find(":3:3:") < errors.find(":4:9:"));
  CHECK(errors.find(":4:9:") < errors.find(":5:22:"));
}

TEST_CASE("a file that is not there, or no file, is told") {
  TemporaryDirectory directory;
  ConfigRequest request;
  request.environment = environment_of({});
  request.file = directory.path() + "/none.yaml";
  CHECK(load_config(request).errors.at(0).to_string() ==
        request.file + ": cannot be read: No such file or directory");
  request.file = directory.path();
  CHECK(load_config(request).errors.at(0).to_string() == request.file + ": is a directory, expected a file");
  request.file = directory.write("big.yaml", std::string(5 << 20, '#'));
  CHECK_THAT(load_config(request).errors.at(0).text, Contains("longer than 4 MiB"));
}

TEST_CASE("bombs and depth are cut off, not followed") {
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 9; ++k) bomb += "," + before;
    bomb += "]\n";
  }
  CHECK_THAT(Loaded(bomb).all_errors(), Contains("the file holds too much"));
  CHECK_THAT(Loaded("a: " + std::string(100, '[') + std::string(100, ']')).all_errors(),
             Contains("too much"));
  CHECK_FALSE(Loaded("a: " + std::string(100000, '[')).result.ok());
}

TEST_CASE("bytes that are no text do no harm") {
  for (const std::string_view text : {std::string_view("\0\0\0", 3), std::string_view("\xff\xfe\x00\x01", 4),
                                      std::string_view("log: \xc3\x28"), std::string_view("? [a]\n: b\n")}) {
    CHECK_FALSE(Loaded(text).result.ok());
  }
}

TEST_CASE("what is unusual is warned of") {
  const auto warnings = [](const std::string& text) { return Loaded(kListener + text).all_warnings(); };
  CHECK_THAT(warnings("heartbeat: { interval: 500ms }\n"),
             Contains("hub.yaml:2:24: heartbeat.interval: is below 1s"));
  CHECK_THAT(warnings("heartbeat: { interval: 1s, timeout: 4s }\n"),
             Contains("heartbeat.timeout: is below 5s"));
  CHECK_THAT(warnings("heartbeat: { timeout: 10s }\n"), Contains("is below heartbeat.interval"));
  CHECK_THAT(warnings("limits: { message_size: 11MiB }\n"), Contains("limits.message_size: is over 10MiB"));
  CHECK_THAT(Loaded("listeners: [ { unix: /a, mode: \"0666\" } ]\n").all_warnings(),
             Contains("listeners[0].mode: lets every user"));
  CHECK(warnings("heartbeat: { interval: 1s, timeout: 5s }\nlimits: { message_size: 10MiB }\n").empty());
}
