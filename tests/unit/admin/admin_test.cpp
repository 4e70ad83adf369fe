// The admin socket: its server and its client, over a real socket with a real registry.
#include <atomic>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <crawlhub/abi/errors.h>

#include "host/admin/client.hpp"
#include "host/admin/server.hpp"
#include "host/core/thread_pool.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace crawlhub;
using crawlhub::testing::eventually;
using Json = nlohmann::ordered_json;

namespace {

struct Fixture {
  testing::TemporaryDirectory directory;
  const std::string path = directory / "admin.sock";
  boost::asio::io_context io{1};
  CommandRegistry registry;
  EventBus bus;
  ThreadPool pool{{.name = "pool", .threads = 2}};
  std::unique_ptr<AdminServer> server;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work =
      boost::asio::make_work_guard(io);
  std::thread thread;

  explicit Fixture(AdminServer::Options options = {}) {
    options.path = path;
    add("echo", [](std::string_view arguments) { return CommandAnswer{0, std::string(arguments)}; });
    add("lines", [](std::string_view) { return CommandAnswer{0, "{\"a\":\n 1}"}; });
    add("refuse", [](std::string_view) {
      return CommandAnswer{CRAWLHUB_E_UNKNOWN_JOB, "there is no job x"};
    });
    auto started = AdminServer::start(io, options, registry, bus, [this](std::function<void()> task) {
      return pool.post(std::move(task));
    });
    REQUIRE(started);
    server = std::move(*started);
    thread = std::thread([this] { io.run(); });
  }
  ~Fixture() {
    server->stop();
    work.reset();
    pool.stop();
    thread.join();
  }

  void add(const std::string& name, std::function<CommandAnswer(std::string_view)> execute) {
    Command command;
    command.name = name;
    command.summary = name;
    command.role = "admin";
    command.owner = "host";
    command.input = R"({"type":"object","additionalProperties":true})";
    command.execute = std::move(execute);
    REQUIRE(registry.add(std::move(command)));
  }

  AdminClient client() const {
    auto connected = AdminClient::connect(path);
    REQUIRE(connected);
    return *std::move(connected);
  }
};

// A connection that says whatever it likes.
struct RawPeer {
  UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};

  explicit RawPeer(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  void say(const std::string& text) {
    REQUIRE(::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
  }
  // Empty where the server closed.
  std::string line() {
    std::string text;
    for (char c = 0; ::recv(fd.get(), &c, 1, 0) == 1 && c != '\n';) text += c;
    return text;
  }
};

}  // namespace

TEST_CASE("a command is answered with its JSON, a refusal with code and sentence") {
  Fixture hub;
  auto client = hub.client();
  const auto echoed = client.call("echo", {{"a", 1}, {"b", {"x"}}});
  REQUIRE(echoed);
  CHECK(echoed->ok());
  CHECK(echoed->answer == Json{{"a", 1}, {"b", {"x"}}});
  const auto refused = client.call("refuse", Json::object());
  REQUIRE(refused);
  CHECK(refused->code == "unknown_job");
  CHECK(refused->error == "there is no job x");
  const auto unknown = client.call("no.such", Json::object());
  REQUIRE(unknown);
  CHECK(unknown->code == "unknown_command");
}

TEST_CASE("an answer with line ends arrives as one line") {
  Fixture hub;
  auto client = hub.client();
  const auto answer = client.call("lines", Json::object());
  REQUIRE(answer);
  CHECK(answer->answer == Json{{"a", 1}});
  CHECK(client.call("echo", Json::object())->ok());
}

TEST_CASE("nobody but the owner may open the socket, and it goes with the server") {
  std::string path;
  {
    Fixture hub;
    path = hub.path;
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
  }
  const auto gone = AdminClient::connect(path);
  REQUIRE_FALSE(gone);
  CHECK(gone.code() == CRAWLHUB_E_NETWORK_FAILED);
}

TEST_CASE("what is no request is refused with what is expected, and the connection goes on") {
  Fixture hub;
  RawPeer peer(hub.path);
  const auto ask = [&](const std::string& text) {
    peer.say(text + "\n");
    return Json::parse(peer.line());
  };
  CHECK(ask("garbage")["code"] == "not_json");
  CHECK(ask("[1]")["code"] == "bad_argument");
  CHECK(ask(R"({"command":7})")["code"] == "bad_argument");
  CHECK(ask(R"({"command":"echo","arguments":[]})")["code"] == "bad_argument");
  CHECK(ask(R"({"command":"echo","arguments":)" + std::string(100, '[') + std::string(100, ']') +
            "}")["code"] == "too_deep");
  CHECK(ask(R"({"command":"events","arguments":{"prefix":1}})")["code"] == "bad_argument");
  CHECK(ask(R"({"command":"echo"})")["ok"] == true);
}

TEST_CASE("a request that is too long is refused and ends its connection") {
  AdminServer::Options options;
  options.request_size = 1000;
  Fixture hub(options);
  RawPeer peer(hub.path);
  peer.say(std::string(1000, 'x'));
  CHECK(Json::parse(peer.line())["code"] == "too_long");
  CHECK(peer.line().empty());
}

TEST_CASE("past the bound a connection is told so, and there is room again when one goes") {
  AdminServer::Options options;
  options.connections = 2;
  Fixture hub(options);
  auto first = std::make_unique<RawPeer>(hub.path);
  const RawPeer second(hub.path);
  RawPeer third(hub.path);
  CHECK(Json::parse(third.line())["code"] == "connection_limit");
  first.reset();
  CHECK(eventually([&] {
    auto client = AdminClient::connect(hub.path);
    if (!client) return false;
    const auto answer = client->call("echo", Json::object());
    return answer && answer->ok();
  }));
}

TEST_CASE("a slow command holds up neither another connection nor the end of the server") {
  Fixture hub;
  std::atomic<bool> release{false};
  hub.add("slow", [&](std::string_view) {
    release.wait(false);
    return CommandAnswer{0, "{}"};
  });
  auto slow = hub.client();
  std::thread waiting([&] { CHECK(slow.call("slow", Json::object())->ok()); });
  auto quick = hub.client();
  CHECK(quick.call("echo", Json::object())->ok());
  hub.server->stop();
  CHECK(eventually([&] { return !quick.call("echo", Json::object()).ok(); }));
  release = true;
  release.notify_all();
  waiting.join();
}

TEST_CASE("events whose name begins so are followed until the client has enough") {
  Fixture hub;
  auto client = hub.client();
  std::vector<Json> seen;
  std::thread publisher([&] {
    eventually([&] { return hub.bus.wanted("job.state_changed"); });
    hub.bus.publish("connection.connected", "{}");
    hub.bus.publish("job.state_changed", R"({"id":"a"})");
    hub.bus.publish("job.state_changed", R"({"id":"b"})");
  });
  const auto status = client.follow("job.", [&](const std::string& line) {
    seen.push_back(Json::parse(line));
    return seen.size() < 2;
  });
  publisher.join();
  REQUIRE(status);
  CHECK(seen[0]["event"] == "job.state_changed");
  CHECK(seen[0]["data"] == Json{{"id", "a"}});
  CHECK(seen[1]["data"] == Json{{"id", "b"}});
  CHECK(seen[1]["number"] > seen[0]["number"]);
}

TEST_CASE("who does not read events is told that it lost them") {
  AdminServer::Options options;
  options.write_queue = 4096;
  Fixture hub(options);
  RawPeer peer(hub.path);
  peer.say("{\"command\":\"events\"}\n");
  REQUIRE(peer.line() == R"({"ok":true,"answer":{}})");
  const std::string big = R"({"text":")" + std::string(2000, 'x') + "\"}";
  for (int i = 0; i < 2000; ++i) hub.bus.publish("job.state_changed", big);
  std::string last;
  for (std::string line = peer.line(); !line.empty(); line = peer.line()) last = line;
  CHECK(Json::parse(last)["code"] == "slow_consumer");
}

TEST_CASE("a client that follows and goes away ends its subscription") {
  Fixture hub;
  {
    RawPeer peer(hub.path);
    peer.say("{\"command\":\"events\"}\n");
    peer.line();
    CHECK(hub.bus.wanted("job.state_changed"));
  }
  CHECK(eventually([&] { return !hub.bus.wanted("job.state_changed"); }));
}
