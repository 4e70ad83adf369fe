// How connections begin and end: hello, acks, take-over, drain, stop, and the bounds on what peers may ask
// for.
#include <chrono>
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include "tests/scenario/memory.hpp"
#include "tests/scenario/scenario.hpp"

using namespace crawlhub::testing;
using nlohmann::json;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

namespace {

json finished() {
  return {{"success", true}, {"finalCounts", json::object()}};
}

// Asks and asks, and reads no answer.
class Deaf {
 public:
  explicit Deaf(Socket& socket) : socket_(socket) {
    for (int i = 0; i < 500; ++i) requests_ += message("job_request").dump() + "\n";
  }
  // Sends what fits; false where the hub has closed.
  bool push() {
    while (true) {
      if (rest_.empty()) rest_ = requests_;
      const ssize_t n = ::send(socket_.fd(), rest_.data(), rest_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
      rest_.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  // Whether the hub reads no more.
  bool stuck() {
    pollfd wanted{socket_.fd(), POLLOUT, 0};
    return push() && ::poll(&wanted, 1, 500) == 0;
  }

 private:
  Socket& socket_;
  std::string requests_;
  std::string_view rest_;
};

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::trunc) << text;
}

}  // namespace

TEST_CASE("acks are cumulative, in order, and what is acked survives a kill of the hub") {
  HubOptions options;
  options.storage = "storage-sqlite";
  Hub hub(options);
  hub.start();
  add_account(hub);
  const std::string id = add_job(hub, "g/p");
  Socket crawler = join(hub, "one", {"acks", "errors"});
  std::uint64_t seq = 0;
  const auto say = [&](const std::string& type, const json& data, const std::string& job = {}) {
    json made = message(type, data, job);
    made["seq"] = ++seq;
    crawler.send_message(made);
  };
  say("job_request", json::object());
  REQUIRE(crawler.receive_type("job_response"));
  say("job_started", json::object(), id);
  for (int i = 1; i <= 200; ++i) {
    say("job_progress",
        {{"stage", "fetching"},
         {"entityType", "issue"},
         {"processed", i},
         {"resumeState", {{"currentPage", i}}}},
        id);
  }
  say("job_progress", {{"stage", "fetching"}, {"entityType", "issue"}, {"processed", 1}}, "job_of_nobody");
  std::uint64_t acked = 0;
  std::vector<json> rejected;
  while (acked < seq) {
    const auto ack = crawler.receive_type("ack");
    REQUIRE(ack);
    const std::uint64_t number = (*ack)["data"]["seq"];
    CHECK(number > acked);
    CHECK(number <= seq);
    acked = number;
    for (const json& one : (*ack)["data"].value("rejected", json::array())) rejected.push_back(one);
  }
  REQUIRE(rejected.size() == 1);
  CHECK(rejected[0]["seq"] == seq);
  CHECK(rejected[0]["code"] == "unknown_job");
  CHECK(rejected[0]["retry"] == false);
  hub.kill();
  hub.start();
  CHECK(show(hub, id)["resumeState"] == json({{"currentPage", 200}}));
}

TEST_CASE("a connection without acks or errors is sent neither") {
  Hub hub;
  hub.start();
  Socket plain = Socket::unix_path(hub.socket());
  json numbered = beat();
  numbered["seq"] = 1;
  plain.send_message(numbered);
  plain.send("garbage\n");
  plain.send_message(message("job_started", json::object(), "job_of_nobody"));
  plain.send_message(message("job_request"));
  const auto first = plain.receive();
  REQUIRE(first);
  CHECK((*first)["type"] == "job_response");
  CHECK_FALSE(first->contains("seq"));
}

TEST_CASE("welcome says what was granted, how often to beat, and how durable acks are") {
  HubOptions options;
  options.storage = "storage-memory";
  Hub hub(options);
  hub.start();
  Socket socket = Socket::unix_path(hub.socket());
  socket.send_message(message("hello", {{"crawlerId", "one"}, {"capabilities", {"acks", "telepathy"}}}));
  const auto welcome = socket.receive();
  REQUIRE(welcome);
  CHECK((*welcome)["type"] == "welcome");
  const json& data = (*welcome)["data"];
  CHECK(data["capabilities"] == json({"acks"}));
  CHECK(data["protocolVersion"] == "1.0.0");
  CHECK(data["heartbeatInterval"] == 5000);
  CHECK(data["durability"] == "none");
  CHECK(hub.admin("connections")[0]["id"] == data["connectionId"]);
  CHECK(hub.admin("connections")[0]["crawlerId"] == "one");
}

TEST_CASE("a second connection of the same crawler takes over the leases; the first is told and closed") {
  Hub hub;
  hub.start();
  add_account(hub);
  const std::string id = add_job(hub, "g/p");
  Socket first = join(hub, "one", {"errors"});
  REQUIRE(ask(first).size() == 1);
  first.send_message(message("job_started", json::object(), id));
  REQUIRE(becomes(hub, id, "running"));
  Socket second = join(hub, "one", {"errors"});
  const auto reason = first.receive_type("error");
  REQUIRE(reason);
  CHECK((*reason)["data"]["code"] == "taken_over");
  CHECK(first.closed());
  Socket other = join(hub, "other");
  CHECK(ask(other).empty());
  second.send_message(
      message("job_progress", {{"stage", "fetching"}, {"entityType", "issue"}, {"processed", 1}}, id));
  CHECK(becomes(hub, id, "running"));
  CHECK(show(hub, id)["attempts"] == 1);
  second.send_message(message("job_completed", finished(), id));
  CHECK(becomes(hub, id, "finished"));
  CHECK(hub.admin("connections").size() == 2);
}

TEST_CASE("a hello that cannot be right is refused with its reason, and the connection closed") {
  Hub hub;
  hub.start();
  const std::vector<std::pair<json, std::string>> refused = {
      {json::object(), "data.crawlerId"},
      {{{"crawlerId", ""}}, "data.crawlerId"},
      {{{"crawlerId", 7}}, "data.crawlerId"},
      {{{"crawlerId", "two words"}}, "data.crawlerId"},
      {{{"crawlerId", std::string(129, 'x')}}, "at most 128 bytes"},
      {{{"crawlerId", "a"}, {"type", "admin"}}, "data.type"},
      {{{"crawlerId", "a"}, {"capabilities", "acks"}}, "data.capabilities"},
      {{{"crawlerId", "a"}, {"capabilities", {1}}}, "data.capabilities"},
      {{{"crawlerId", "a"}, {"maxConcurrentJobs", 0}}, "data.maxConcurrentJobs"},
      {{{"crawlerId", "a"}, {"maxConcurrentJobs", "5"}}, "data.maxConcurrentJobs"},
      {{{"crawlerId", "a"}, {"version", 1}}, "data.version"},
  };
  for (const auto& [data, reason] : refused) {
    INFO(data.dump());
    Socket socket = Socket::unix_path(hub.socket());
    socket.send_message(message("hello", data));
    const auto error = socket.receive();
    REQUIRE(error);
    CHECK((*error)["type"] == "error");
    CHECK((*error)["data"]["code"] == "handshake");
    CHECK_THAT((*error)["data"]["error"].get<std::string>(), Catch::Contains(reason));
    CHECK(socket.closed());
  }
  Socket late = Socket::unix_path(hub.socket());
  late.send_message(message("job_request"));
  late.send_message(message("hello", {{"crawlerId", "late"}, {"capabilities", {"errors"}}}));
  late.send_message(message("job_request"));
  CHECK((*late.receive())["type"] == "job_response");
  CHECK((*late.receive())["type"] == "job_response");  // a late hello is refused, and the connection lives on
  CHECK(eventually([&] { return hub.admin("connections").size() == 1; }));
}

TEST_CASE("maxConcurrentJobs bounds what a crawler is given") {
  Hub hub;
  hub.start();
  add_account(hub);
  for (int i = 0; i < 4; ++i) add_job(hub, "g/" + std::to_string(i));
  Socket crawler = join(hub, "one", {}, {{"maxConcurrentJobs", 2}});
  const auto given = ask(crawler);
  REQUIRE(given.size() == 2);
  CHECK(ask(crawler).empty());
  crawler.send_message(message("job_completed", finished(), given[0]["id"]));
  CHECK(eventually([&] { return ask(crawler).size() == 1; }));
}

TEST_CASE("drain hands out nothing more, and is done when nothing runs") {
  Hub hub;
  hub.start();
  add_account(hub);
  const std::string id = add_job(hub, "g/p");
  Socket crawler = join(hub, "one");
  REQUIRE(ask(crawler).size() == 1);
  crawler.send_message(message("job_started", json::object(), id));
  REQUIRE(becomes(hub, id, "running"));
  add_job(hub, "g/q");
  CHECK(hub.admin("drain", {{"timeout", 0}}) == json({{"drained", false}, {"running", 1}}));
  CHECK(hub.admin("status")["draining"] == true);
  Socket plain = Socket::unix_path(hub.socket());
  CHECK(ask(crawler).empty());
  CHECK(ask(plain).empty());
  json answer;
  std::thread operator_waits([&] { answer = hub.admin("drain"); });
  crawler.send_message(
      message("job_progress", {{"stage", "fetching"}, {"entityType", "issue"}, {"processed", 1}}, id));
  crawler.send_message(message("job_completed", finished(), id));
  operator_waits.join();
  CHECK(answer == json({{"drained", true}, {"running", 0}}));
  CHECK(show(hub, id)["status"] == "finished");
  CHECK(ask(crawler).empty());
}

TEST_CASE("SIGTERM says shutdown to those with hello, and ends within shutdown.timeout") {
  HubOptions options;
  options.top = "shutdown: { timeout: 5s }\n";
  Hub hub(options);
  hub.start();
  Socket crawler = join(hub, "one");
  Socket plain = Socket::unix_path(hub.socket());
  plain.send_message(message("job_request"));
  REQUIRE(plain.receive());
  const auto asked = Clock::now();
  hub.process().signal(SIGTERM);
  const auto told = crawler.receive();
  REQUIRE(told);
  CHECK((*told)["type"] == "shutdown");
  CHECK((*told)["data"]["graceful"] == true);
  CHECK((*told)["data"]["timeout_seconds"] == 5);
  CHECK((*told)["data"]["reason"].is_string());
  CHECK(crawler.closed());
  CHECK_FALSE(plain.receive());
  CHECK(plain.closed());
  CHECK(hub.process().wait() == 0);
  CHECK(Clock::now() - asked < std::chrono::seconds(15));
  CHECK_THROWS(Socket::unix_path(hub.socket()));
  hub.start();  // and starts again
}

TEST_CASE("a client that does not read does not hold up the end of the hub") {
  HubOptions options;
  options.top = "limits: { write_queue: 64KiB }\nshutdown: { timeout: 1s }\n";
  Hub hub(options);
  hub.start();
  Socket socket = join(hub, "deaf");
  Deaf deaf(socket);
  REQUIRE(eventually([&] { return deaf.stuck(); }));
  CHECK(hub.stop() == 0);
}

TEST_CASE("a second hub on the same socket is refused, and the first serves on") {
  Hub hub;
  hub.start();
  const Finished second = run({hub_program(), "serve", "--config", hub.config()});
  CHECK(second.code == 1);
  CHECK_THAT(second.errors, Catch::Contains("another process listens there"));
  Socket crawler = join(hub, "one");
  CHECK(ask(crawler).empty());
}

TEST_CASE("past limits.connections a connection is closed, until another ends") {
  HubOptions options;
  options.top = "limits: { connections: 2 }\n";
  Hub hub(options);
  hub.start();
  Socket one = join(hub, "one");
  {
    Socket two = join(hub, "two");
    Socket three = Socket::unix_path(hub.socket());
    CHECK(three.closed());
    CHECK(hub.admin("connections").size() == 2);
  }
  CHECK(eventually([&] { return hub.admin("connections").size() == 1; }));
  Socket three = join(hub, "three");
  CHECK(ask(three).empty());
  CHECK(ask(one).empty());
  CHECK(hub.admin("connections.totals")["rejectedConnections"] == 1);
  CHECK(hub.admin("errors").dump().find("connection_limit") != std::string::npos);
}

TEST_CASE("a client that never reads is closed by limits.slow_consumer, and costs bounded memory meanwhile") {
  HubOptions options;
  options.top = "limits: { write_queue: 64KiB, slow_consumer: 2s }\nstorage: { queue: 1000 }\n";
  Hub hub(options);
  hub.start();
  Socket good = join(hub, "good");
  CHECK(ask(good).empty());
  const std::size_t before = resident_bytes(hub);
  Socket socket = join(hub, "deaf");
  Deaf deaf(socket);
  const auto began = Clock::now();
  bool served = true;
  std::jthread meanwhile([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) served &= ask(good).empty();
  });
  CHECK(eventually([&] { return !deaf.push(); }));
  CHECK(Clock::now() - began >= milliseconds(1900));
  meanwhile.request_stop();
  meanwhile.join();
  CHECK(served);
  const std::size_t after = resident_bytes(hub);
  CHECK((after > before ? after - before : 0) < 4 * 1024 * 1024);
  CHECK(eventually([&] { return hub.admin("errors").dump().find("slow_consumer") != std::string::npos; }));
  CHECK(ask(good).empty());
}

TEST_CASE("check says whether a configuration is good, and where it is not") {
  Hub hub;
  CHECK(run({hub_program(), "check", "--config", hub.config()}).code == 0);
  const std::string good = read_file(hub.config());
  const std::string bad = hub.directory() / "bad.yaml";

  write_file(bad, "limits:\n  connections: many\n" + good);
  Finished checked = run({hub_program(), "check", "--config", bad});
  CHECK(checked.code == 1);
  CHECK_THAT(checked.errors, Catch::Contains(bad + ":2:16: "));
  CHECK_THAT(checked.errors, Catch::Contains("limits.connections"));

  write_file(bad, "limit:\n  connections: 5\n" + good);
  checked = run({hub_program(), "check", "--config", bad});
  CHECK(checked.code == 1);
  CHECK_THAT(checked.errors, Catch::Contains(bad + ":1:1: "));

  write_file(bad, "profile: [\n");
  checked = run({hub_program(), "check", "--config", bad});
  CHECK(checked.code == 1);
  CHECK_THAT(checked.errors, Catch::Contains(bad + ":2:"));

  checked = run({hub_program(), "check", "--config", hub.directory() / "none.yaml"});
  CHECK(checked.code == 1);
  CHECK_THAT(checked.errors, Catch::Contains("none.yaml"));

  // What a plugin's own configuration has wrong is told at its place, too.
  HubOptions options;
  options.plugin_configs = {{"handler-jobs", "{ lease: soon }"}};
  Hub wrong(options);
  checked = run({hub_program(), "check", "--config", wrong.config(), "--json"});
  CHECK(checked.code == 1);
  const json told = json::parse(checked.output);
  CHECK(told["ok"] == false);
  REQUIRE(told["errors"].size() == 1);
  CHECK_THAT(told["errors"][0].get<std::string>(),
             Catch::Contains(wrong.config() + ":") && Catch::Contains("lease"));
}

TEST_CASE("exit codes: 0 done, 1 refused, 2 usage, 3 no hub") {
  Hub hub;
  CHECK(hub.cli({"status"}).code == 3);
  const Finished without = hub.cli({"status"});
  CHECK_THAT(without.errors, Catch::Contains(hub.admin_socket()));
  hub.start();
  const Finished status = hub.cli({"status", "--json"});
  CHECK(status.code == 0);
  CHECK(json::parse(status.output)["running"] == true);
  CHECK(hub.cli({"jobs", "show", "job_none"}).code == 1);
  CHECK(hub.cli({"jobs", "show"}).code == 2);
  CHECK(hub.cli({"jobs", "show", "a", "--loudly"}).code == 2);
}
