// Whatever a crawler sends, it gets its error, in the log and on the wire, and its neighbour never notices.
#include <functional>
#include <set>
#include <thread>

#include <catch2/catch.hpp>

#include "tests/support/eventually.hpp"
#include "tests/support/hub.hpp"
#include "tests/support/socket.hpp"

using namespace crawlhub::testing;
using nlohmann::json;

namespace {

// One bad input: bytes as they are sent, and the code that they must be answered with.
struct Bad {
  std::string name;
  std::string bytes;
  std::string code;
};

std::string deep(std::size_t levels) {
  return R"({"type":"heartbeat","data":{"a":)" + std::string(levels, '[') + std::string(levels, ']') + "}}";
}

std::string beat(const std::string& fields) {
  return R"({"type":"heartbeat","seq":1,"data":{)" + fields + "}}";
}

std::string report(const std::string& type, const std::string& job, const std::string& fields) {
  return R"({"type":")" + type + R"(","jobId":")" + job + R"(","data":{)" + fields + "}}";
}

std::vector<Bad> bad_inputs(const std::string& job, const std::string& others_job,
                            const std::string& finished) {
  const std::string good_beat = R"("activeJobs":0,"totalProcessed":0,"systemStatus":"idle")";
  const std::string progress = R"("stage":"fetching","entityType":"project","processed":1)";
  std::vector<Bad> list = {
      {"not JSON", "hello", "not_json"},
      {"an unfinished object", R"({"type":"heartbeat")", "not_json"},
      {"a list", "[1,2]", "not_json"},
      {"a number", "42", "not_json"},
      {"a string", R"("heartbeat")", "not_json"},
      {"null", "null", "not_json"},
      {"a missing colon", R"({"type" "heartbeat"})", "not_json"},
      {"a trailing comma", R"({"type":"heartbeat",})", "not_json"},
      {"single quotes", "{'type':'heartbeat'}", "not_json"},
      {"a comment", R"({"type":"heartbeat" /* now */})", "not_json"},
      {"text after the object", R"({"type":"heartbeat","data":{)" + good_beat + "}} tail", "not_json"},
      {"invalid UTF-8", "{\"type\":\"heart\xff\xfe\"}", "not_json"},
      {"invalid UTF-8 in an unknown field", "{\"type\":\"heartbeat\",\"x\":\"\xc3\x28\",\"data\":{}}",
       "not_json"},
      {"a NUL byte", std::string("{\"type\":\"heart\0beat\"}", 21), "not_json"},
      {"a bad escape", R"({"type":"heart\qbeat"})", "not_json"},
      {"half a surrogate", R"({"type":"heart\ud800"})", "not_json"},
      {"a bad number", beat(R"("activeJobs":01)"), "not_json"},
      {"a number with a plus", beat(R"("activeJobs":+1)"), "not_json"},
      {"a number too large for any", beat(R"("activeJobs":1e999)"), "not_json"},
      {"NaN", beat(R"("activeJobs":NaN)"), "not_json"},
      {"a control character in a string", "{\"type\":\"heart\tbeat\"}", "not_json"},
      {"nested 65 levels", deep(65), "too_deep"},
      {"nested 5000 levels", deep(5000), "too_deep"},
      {"no type", R"({"data":{}})", "no_type"},
      {"a type that is null", R"({"type":null,"data":{}})", "no_type"},
      {"a type that is a number", R"({"type":7,"data":{}})", "no_type"},
      {"an empty type", R"({"type":"","data":{}})", "unknown_type"},
      {"data that is a list", R"({"type":"heartbeat","data":[]})", "bad_envelope"},
      {"data that is a string", R"({"type":"heartbeat","data":"x"})", "bad_envelope"},
      {"a jobId that is a number", R"({"type":"job_started","jobId":7,"data":{}})", "bad_envelope"},
      {"a repeated envelope key", R"({"type":"heartbeat","type":"heartbeat","data":{}})", "bad_envelope"},
      {"a seq that is a string", R"({"type":"heartbeat","seq":"1","data":{}})", "bad_envelope"},
      {"a seq below zero", R"({"type":"heartbeat","seq":-1,"data":{}})", "bad_envelope"},
      {"an unknown type", R"({"type":"job_finished","data":{}})", "unknown_type"},
      {"a type of the other direction", R"({"type":"job_response","data":{"jobs":[]}})", "unknown_type"},
      {"the hub's own ack", R"({"type":"ack","data":{"seq":1}})", "unknown_type"},
      {"a heartbeat without figures", R"({"type":"heartbeat","data":{}})", "missing_field"},
      {"a negative figure", beat(R"("activeJobs":-1,"totalProcessed":0,"systemStatus":"idle")"),
       "invalid_field"},
      {"a figure that is a string", beat(R"("activeJobs":"1","totalProcessed":0,"systemStatus":"idle")"),
       "invalid_field"},
      {"an unknown status", beat(R"("activeJobs":0,"totalProcessed":0,"systemStatus":"asleep")"),
       "invalid_field"},
      {"a repeated key in data", beat(good_beat + R"(,"activeJobs":1)"), "repeated_field"},
      {"a repeated key by escape", beat(good_beat + R"(,"active\u004aobs":1)"), "repeated_field"},
      {"no jobId", R"({"type":"job_started","data":{}})", "missing_field"},
      {"a jobId that is too short", report("job_started", "ab", ""), "invalid_field"},
      {"a jobId with a slash", report("job_started", "job/1", ""), "invalid_field"},
      {"a jobId of 101 characters", report("job_started", std::string(101, 'x'), ""), "invalid_field"},
      {"an unknown job", report("job_started", "job_that_never_was", ""), "unknown_job"},
      {"progress of an unknown job", report("job_progress", "job_that_never_was", progress), "unknown_job"},
      {"another's job", report("job_progress", others_job, progress), "not_holder"},
      {"the end of another's job", report("job_completed", others_job, R"("success":true,"finalCounts":{})"),
       "not_holder"},
      {"progress of a finished job", report("job_progress", finished, progress), "ended"},
      {"progress without stage", report("job_progress", job, R"("entityType":"project","processed":1)"),
       "missing_field"},
      {"an unknown stage", report("job_progress", job, R"("stage":"x","entityType":"project","processed":1)"),
       "invalid_field"},
      {"an unknown entity type",
       report("job_progress", job, R"("stage":"fetching","entityType":"cat","processed":1)"),
       "invalid_field"},
      {"processed below zero",
       report("job_progress", job, R"("stage":"fetching","entityType":"project","processed":-1)"),
       "invalid_field"},
      {"processed that is a string",
       report("job_progress", job, R"("stage":"fetching","entityType":"project","processed":"1")"),
       "invalid_field"},
      {"a total that is a list", report("job_progress", job, progress + R"(,"total":[])"), "invalid_field"},
      {"counts that are no numbers", report("job_progress", job, progress + R"(,"itemCounts":{"a":"b"})"),
       "invalid_field"},
      {"a resume state that is a string", report("job_progress", job, progress + R"(,"resumeState":"x")"),
       "invalid_field"},
      {"a page in the resume state that is a string",
       report("job_progress", job, progress + R"(,"resumeState":{"currentPage":"2"})"), "invalid_field"},
      {"an end without success", report("job_completed", job, R"("finalCounts":{})"), "missing_field"},
      {"a success that is a string", report("job_completed", job, R"("success":"yes","finalCounts":{})"),
       "invalid_field"},
      {"an end without counts", report("job_completed", job, R"("success":true)"), "missing_field"},
      {"output files that are numbers",
       report("job_completed", job, R"("success":true,"finalCounts":{},"outputFiles":[1])"), "invalid_field"},
      {"a failure without error", report("job_failed", job, R"("isRecoverable":true)"), "missing_field"},
      {"a failure without isRecoverable", report("job_failed", job, R"("error":"x")"), "missing_field"},
      {"a discovery without list", report("jobs_discovered", job, ""), "missing_field"},
      {"a discovery that is an object", report("jobs_discovered", job, R"("discovered_jobs":{})"),
       "invalid_field"},
      {"a discovery of an unknown job",
       report("jobs_discovered", "job_that_never_was", R"("discovered_jobs":[])"), "unknown_job"},
      {"a message over the limit",
       R"({"type":"heartbeat","data":{"x":")" + std::string(100'000, 'x') + "\"}}", "too_long"},
      {"a second hello", R"({"type":"hello","data":{"crawlerId":"again"}})", "handshake"},
  };
  return list;
}

json hello(const std::string& id, std::vector<std::string> capabilities) {
  return message("hello", {{"crawlerId", id}, {"capabilities", std::move(capabilities)}});
}

HubOptions options() {
  HubOptions made;
  made.top = "limits: { message_size: 64KiB }\n";
  return made;
}

std::vector<std::string> claim(Socket& crawler, std::size_t count) {
  std::vector<std::string> ids;
  while (ids.size() < count) {
    crawler.send_message(message("job_request"));
    const auto response = crawler.receive_type("job_response");
    REQUIRE(response);
    for (const json& job : (*response)["data"]["jobs"]) ids.push_back(job["id"]);
  }
  return ids;
}

// Works as a crawler with acks should, and counts what it sees.
class Neighbour {
 public:
  explicit Neighbour(Hub& hub) : socket_(Socket::unix_path(hub.socket())) {
    socket_.send_message(hello("neighbour", {"acks", "errors"}));
    REQUIRE(socket_.receive_type("welcome"));
    thread_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) round();
    });
  }
  // What went wrong; empty where nothing did.
  std::string finish() {
    thread_.request_stop();
    thread_.join();
    return problem_;
  }
  std::uint64_t rounds() const { return seq_; }

 private:
  void round() {
    json beat = message("heartbeat", {{"activeJobs", 0}, {"totalProcessed", 0}, {"systemStatus", "idle"}});
    beat["seq"] = ++seq_;
    socket_.send_message(beat);
    const auto ack = socket_.receive(std::chrono::seconds(5));
    if (!ack || (*ack)["type"] != "ack" || (*ack)["data"]["seq"] != seq_.load() ||
        (*ack)["data"].contains("rejected"))
      problem_ = "heartbeat " + std::to_string(seq_) + " was answered " + (ack ? ack->dump() : "nothing");
  }
  Socket socket_;
  std::atomic<std::uint64_t> seq_ = 0;
  std::string problem_;
  std::jthread thread_;
};

}  // namespace

TEST_CASE(
    "every bad input gets its error on the wire and in the log, and the connection beside it never notices") {
  Hub hub(options());
  hub.start();
  hub.admin("accounts.add",
            {{"name", "acme"}, {"provider", "gitlab"}, {"url", "https://gitlab.example"}, {"token", "t"}});
  for (int i = 0; i < 3; ++i)
    hub.admin("jobs.add",
              {{"entityType", "project"}, {"entityId", "g/" + std::to_string(i)}, {"account", "acme"}});
  Socket other = Socket::unix_path(hub.socket());
  other.send_message(hello("other", {}));
  REQUIRE(other.receive_type("welcome"));
  const std::vector<std::string> jobs = claim(other, 3);
  other.send_message(message("job_started", json::object(), jobs[0]));
  other.send_message(message("job_started", json::object(), jobs[1]));
  other.send_message(message("job_completed", {{"success", true}, {"finalCounts", json::object()}}, jobs[1]));
  REQUIRE(eventually([&] { return hub.admin("jobs.show", {{"id", jobs[1]}})["status"] == "finished"; }));
  const std::string before = hub.admin("jobs.show", {{"id", jobs[0]}}).dump();

  Neighbour neighbour(hub);
  std::set<std::string> names;
  for (const Bad& bad : bad_inputs(jobs[0], jobs[0], jobs[1])) {
    INFO(bad.name << ": " << bad.bytes.substr(0, 200));
    names.insert(bad.name);
    Socket crawler = Socket::unix_path(hub.socket());
    crawler.send_message(hello("bad-" + std::to_string(names.size()), {"errors"}));
    REQUIRE(crawler.receive_type("welcome"));
    crawler.send(bad.bytes + "\n");
    const auto error = crawler.receive_type("error");
    REQUIRE(error);
    CHECK((*error)["data"]["code"] == bad.code);
    CHECK_FALSE((*error)["data"]["error"].get<std::string>().empty());
    // The connection lives on.
    crawler.send_message(message("job_request"));
    CHECK(crawler.receive_type("job_response"));
    CHECK(eventually([&] {
      const json errors = hub.admin("errors", {{"limit", 20}})["errors"];
      return std::ranges::any_of(errors, [&](const json& one) {
        return one["code"] == bad.code && one["crawlerId"] == "bad-" + std::to_string(names.size());
      });
    }));
  }
  CHECK(names.size() >= 60);
  CHECK(neighbour.finish() == "");
  CHECK(neighbour.rounds() > 10);
  CHECK(hub.admin("jobs.show", {{"id", jobs[0]}}).dump() == before);
  CHECK(hub.stop() == 0);
}

TEST_CASE("a message that comes a byte at a time, or whose sender stops half way, disturbs nobody") {
  Hub hub(options());
  hub.start();
  Neighbour neighbour(hub);
  Socket slow = Socket::unix_path(hub.socket());
  slow.send_message(hello("slow", {"errors"}));
  REQUIRE(slow.receive_type("welcome"));
  for (const char c : message("job_request").dump() + "\n") slow.send(std::string_view(&c, 1));
  CHECK(slow.receive_type("job_response"));

  slow.send(R"({"type":"heartbeat","data":{"activeJ)");
  slow.end_of_output();
  const auto error = slow.receive_type("error");
  REQUIRE(error);
  CHECK((*error)["data"]["code"] == "not_json");
  CHECK(slow.closed());
  CHECK(neighbour.finish() == "");
}

TEST_CASE("a half-closed connection still gets its answers") {
  Hub hub(options());
  hub.start();
  Socket crawler = Socket::unix_path(hub.socket());
  crawler.send_message(message("job_request"), false);
  crawler.end_of_output();
  CHECK(crawler.receive_type("job_response"));
  CHECK(crawler.closed());
}

TEST_CASE(
    "twenty unreadable messages in a row close a connection; a readable one in between resets the count") {
  Hub hub(options());
  hub.start();
  Socket crawler = Socket::unix_path(hub.socket());
  crawler.send_message(hello("babbler", {"errors"}));
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 19; ++i) crawler.send("garbage\n");
    crawler.send_message(message("job_request"));
    CHECK(crawler.receive_type("job_response"));
  }
  for (int i = 0; i < 20; ++i) crawler.send("garbage\n");
  std::string last;
  while (const auto next = crawler.receive_type("error")) last = (*next)["data"]["code"];
  CHECK(last == "unreadable_limit");
  CHECK(crawler.closed());
}

TEST_CASE("a message that goes on past four times the limit closes its connection") {
  Hub hub(options());
  hub.start();
  Socket crawler = Socket::unix_path(hub.socket());
  crawler.send_message(hello("endless", {"errors"}));
  REQUIRE(crawler.receive_type("welcome"));
  try {
    crawler.send(R"({"type":"heartbeat","data":{"x":")");
    for (int i = 0; i < 100; ++i) crawler.send(std::string(64 * 1024, 'x'));
  } catch (const std::runtime_error&) {
  }
  CHECK(crawler.closed());
  CHECK(hub.log().find("past four times limits.message_size") != std::string::npos);
}

TEST_CASE("numbers that are missing are listed as unreadable; a number used twice is refused") {
  Hub hub(options());
  hub.start();
  Socket crawler = Socket::unix_path(hub.socket());
  crawler.send_message(hello("counter", {"acks", "errors"}));
  REQUIRE(crawler.receive_type("welcome"));
  json beat = message("heartbeat", {{"activeJobs", 0}, {"totalProcessed", 0}, {"systemStatus", "idle"}});
  beat["seq"] = 1;
  crawler.send_message(beat);
  crawler.send("garbage\n");
  beat["seq"] = 3;
  crawler.send_message(beat);
  std::set<std::uint64_t> unreadable;
  std::uint64_t acked = 0;
  while (acked < 3) {
    const auto ack = crawler.receive_type("ack");
    REQUIRE(ack);
    acked = (*ack)["data"]["seq"];
    for (const json& one : (*ack)["data"].value("rejected", json::array())) {
      CHECK(one["code"] == "unreadable");
      unreadable.insert(one["seq"].get<std::uint64_t>());
    }
  }
  CHECK(unreadable == std::set<std::uint64_t>{2});
  crawler.send_message(beat);
  const auto error = crawler.receive_type("error");
  REQUIRE(error);
  CHECK((*error)["data"]["code"] == "bad_envelope");
}
