// The command line against an admin socket, seen as a script sees it: stdout, stderr, exit code.
#include "host/main/command_line.hpp"

#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <crawlhub/abi/errors.h>

#include "host/admin/server.hpp"
#include "host/commands/descriptors.hpp"
#include "host/core/thread_pool.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace crawlhub;
using Json = nlohmann::ordered_json;

namespace {

struct Said {
  int code = -1;
  std::string out, err;
};

// Both streams of the process, for as long as it lives.
struct Captured {
  std::ostringstream out, err;
  std::streambuf* const old_out = std::cout.rdbuf(out.rdbuf());
  std::streambuf* const old_err = std::cerr.rdbuf(err.rdbuf());
  ~Captured() {
    std::cout.rdbuf(old_out);
    std::cerr.rdbuf(old_err);
  }
};

Said say(std::vector<std::string> words, const LocalCommands& local = {}) {
  std::vector<const char*> argv{"crawlhub"};
  for (const auto& word : words) argv.push_back(word.c_str());
  const Captured captured;
  const int code = run_command_line(static_cast<int>(argv.size()), argv.data(), local);
  return {code, captured.out.str(), captured.err.str()};
}

// A hub as far as its commands go: each answers what it was given.
struct Hub {
  testing::TemporaryDirectory directory;
  const std::string socket = directory / "admin.sock";
  boost::asio::io_context io{1};
  CommandRegistry registry;
  EventBus bus;
  ThreadPool pool{{.name = "pool", .threads = 1}};
  std::unique_ptr<AdminServer> server;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work =
      boost::asio::make_work_guard(io);
  std::thread thread;

  Hub() {
    REQUIRE(add_commands_command(registry));
    AdminServer::Options options;
    options.path = socket;
    auto started = AdminServer::start(io, options, registry, bus, [this](std::function<void()> task) {
      return pool.post(std::move(task));
    });
    REQUIRE(started);
    server = std::move(*started);
    thread = std::thread([this] { io.run(); });
  }
  ~Hub() {
    server->stop();
    work.reset();
    pool.stop();
    thread.join();
  }

  void add(const std::string& name, const std::string& input, const std::string& columns,
           std::function<CommandAnswer(std::string_view)> execute) {
    Command command;
    command.name = name;
    command.summary = "Does " + name;
    command.role = "admin";
    command.owner = "host";
    command.input = input;
    command.columns = columns;
    command.execute = std::move(execute);
    REQUIRE(registry.add(std::move(command)));
  }
  void add_echo(const std::string& name, const std::string& properties) {
    add(name, R"({"type":"object","properties":)" + properties + "}", "", [](std::string_view arguments) {
      return CommandAnswer{0, std::string(arguments)};
    });
  }
  Said say(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--admin", socket});
    return ::say(std::move(words));
  }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(directory / name) << text;
    return directory / name;
  }
};

constexpr const char* kJobsAdd = R"({
  "entityType":{"type":"string","x-cli":{"flag":"--entity-type"}},"account":{"type":"string"},
  "priority":{"type":"integer"},"jobs":{"type":"array","items":{"type":"object"}}})";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("flags become arguments of the type that the hub asks for") {
  Hub hub;
  hub.add_echo("jobs.add", kJobsAdd);
  const Said said = hub.say({"--json", "jobs", "add", "--entity-type", "project", "--priority", "-3"});
  CHECK(said.code == 0);
  CHECK(said.out == "{\"entityType\":\"project\",\"priority\":-3}\n");
  CHECK(said.err.empty());
  const Said wrong = hub.say({"jobs", "add", "--priority", "high"});
  CHECK(wrong.code == 2);
  CHECK(has(wrong.err, "--priority: expected a whole number, got 'high'"));
}

TEST_CASE(
    "positions, files and stdin's dash are arguments too, and a command of a plugin has words at once") {
  Hub hub;
  hub.add_echo("things.put", R"({"text":{"type":"string","x-cli":{"flag":"--text-file","file":true}},
    "id":{"type":"string","x-cli":{"positional":0}},"data":{"type":"object","x-cli":{"positional":1,"file":true}}})");
  const Said said = hub.say({"things", "put", "x", hub.file("data.json", "{\"a\":1}"), "--text-file",
                             hub.file("text", "hello"), "--json"});
  CHECK(said.code == 0);
  CHECK(Json::parse(said.out) == Json::parse(R"({"data":{"a":1},"id":"x","text":"hello"})"));
  const Said wrong = hub.say({"things", "put", "x", hub.file("bad.json", "{\n \"a\": x}")});
  CHECK(wrong.code == 2);
  CHECK(has(wrong.err, "bad.json:2:7: not JSON"));
  CHECK(has(hub.say({"things", "put", "x", "/no/such"}).err, "/no/such: cannot read: No such file"));
}

TEST_CASE("a refusal is exit 1 with the hub's sentence, and still one JSON value with --json") {
  Hub hub;
  hub.add("jobs.show", R"({"properties":{"id":{"type":"string","x-cli":{"positional":0}}}})", "",
          [](std::string_view) {
            return CommandAnswer{CRAWLHUB_E_UNKNOWN_JOB, "there is no job x"};
          });
  const Said said = hub.say({"jobs", "show", "x", "--json"});
  CHECK(said.code == 1);
  CHECK(said.out == "{\"code\":\"unknown_job\",\"error\":\"there is no job x\"}\n");
  CHECK(said.err == "crawlhub: there is no job x\n");
}

TEST_CASE("no hub is exit 3 and says where it was looked for; usage is exit 2") {
  const Said none = say({"--admin", "/no/such.sock", "status"});
  CHECK(none.code == 3);
  CHECK(none.out.empty());
  CHECK(has(none.err, "/no/such.sock"));
  CHECK(say({"--admin", "/no/such.sock", "nonsense"}).code == 2);
  CHECK(has(say({"--admin", "/no/such.sock", "jobs", "nonsense"}).err, "no command 'jobs nonsense'"));
  CHECK(say({"jobs"}).code == 2);
  CHECK(say({}).code == 2);
  CHECK(say({"serve", "--nonsense"}).code == 2);
}

TEST_CASE("help and version need no hub") {
  CHECK(has(say({"--version"}).out, "crawlhub 0."));
  const Said help = say({"--help"});
  CHECK(help.code == 0);
  for (const char* word :
       {"serve", "check", "status", "jobs", "accounts", "progress", "errors", "plugins", "drain"}) {
    CHECK(has(help.out, word));
  }
  CHECK(has(say({"--admin", "/no/such.sock", "jobs", "add", "--help"}).out, "--entity-type"));
}

TEST_CASE("tables are aligned, numbers to the right, without colours in a pipe") {
  Hub hub;
  hub.add("jobs.list", "", R"({"list":"jobs","columns":[{"title":"ID","path":"id"},{"title":"N","path":"n"},
    {"title":"STATE","path":"s.word"}]})",
          [](std::string_view) {
            return CommandAnswer{
                0, R"({"jobs":[{"id":"a","n":5,"s":{"word":"failed"}},{"id":"long","n":12}],"next":"c1"})"};
          });
  const Said said = hub.say({"jobs", "list"});
  CHECK(said.out ==
        "ID     N  STATE\n"
        "a      5  failed\n"
        "long  12  -\n");
  CHECK(has(said.err, "--after c1"));
}

TEST_CASE("what came from a crawler cannot steer the terminal") {
  Hub hub;
  hub.add("status", "", "", [](std::string_view) { return CommandAnswer{0, R"({"text":"\u001b[2Jx\ny"})"}; });
  CHECK(hub.say({"status"}).out == "text  \\x1b[2Jx\\ny\n");
}

TEST_CASE("call takes any command with JSON") {
  Hub hub;
  hub.add_echo("x.y", R"({"a":{"type":"integer"}})");
  CHECK(hub.say({"--json", "call", "x.y", R"({"a":1})"}).out == "{\"a\":1}\n");
  CHECK(hub.say({"--json", "call", "x.y"}).out == "{}\n");
  CHECK(hub.say({"call", "x.y", "{"}).code == 2);
  CHECK(hub.say({"call", "no.such"}).code == 1);
}

TEST_CASE("following progress ends when nothing is left to do") {
  Hub hub;
  std::atomic<int> left{3};
  hub.add("status", "", "", [&](std::string_view) {
    const int now = left > 0 ? left-- : 0;
    return CommandAnswer{0, R"({"jobs":{"queued":)" + std::to_string(now) + R"(,"finished":2}})"};
  });
  hub.add("progress", "", "", [](std::string_view) {
    return CommandAnswer{0, R"({"overall_completion":1})"};
  });
  const Said said = hub.say({"progress", "--follow"});
  CHECK(said.code == 0);
  CHECK(has(said.out, "100%  all jobs  2 finished\n"));
  CHECK(left == 0);
  CHECK(hub.say({"--json", "progress", "--follow"}).out == "{\"overall_completion\":1}\n");
}

TEST_CASE("serve and check are told the configuration") {
  LocalCommands local;
  std::string seen;
  local.serve = [&](const std::string& config, const std::string& directory) {
    seen = config + "|" + directory;
    return 0;
  };
  local.check = [&](const std::string& config, const std::string&, bool json) {
    seen = config + (json ? "|json" : "|text");
    return 1;
  };
  CHECK(say({"serve", "--config", "a.yaml"}, local).code == 0);
  CHECK(seen == "a.yaml|");
  CHECK(say({"serve", "--directory", "/d"}, local).code == 0);
  CHECK(seen == "|/d");
  CHECK(say({"check", "--json", "--config", "b.yaml"}, local).code == 1);
  CHECK(seen == "b.yaml|json");
}
