#include "host/bench/generator.hpp"

#include <atomic>
#include <cstring>
#include <filesystem>
#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sys/un.h>

#include "host/core/random_id.hpp"

using namespace crawlhub;
using namespace crawlhub::bench;
using Json = nlohmann::json;

namespace {

// One connection's hub: answers hello, hands out jobs, and acks everything that it reads with one line.
class EchoHub {
 public:
  explicit EchoHub(std::function<std::string(const Json&)> reject = {}) : reject_(std::move(reject)) {
    path_ = (std::filesystem::temp_directory_path() / random_id("crawlhub-bench-")).string();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
    listener_.reset(::socket(AF_UNIX, SOCK_STREAM, 0));
    REQUIRE(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener_.get(), 1) == 0);
    thread_ = std::thread([this] { serve(); });
  }
  ~EchoHub() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
    std::filesystem::remove(path_);
  }

  client::Address address() const { return *client::parse_address("unix:" + path_); }
  // Read after the generator has all acks.
  std::map<std::string, Json> last_of_job;
  std::atomic<std::size_t> progress{0};
  std::atomic<bool> close_on_progress{false};

 private:
  void serve() {
    UniqueFd peer(::accept(listener_.get(), nullptr, nullptr));
    if (!peer) return;
    client::LineReader reader;
    for (;;) {
      const auto space = reader.space();
      const ssize_t got = ::recv(peer.get(), space.data(), space.size(), 0);
      if (got <= 0) return;
      reader.added(static_cast<std::size_t>(got));
      std::string out, rejected;
      std::uint64_t seq = 0;
      for (std::string_view line; reader.next(line);) answer(Json::parse(line), out, seq, rejected);
      if (close_on_progress && progress > 0) return;
      if (seq != 0)
        out += R"({"type":"ack","timestamp":"x","data":{"seq":)" + std::to_string(seq) +
               (rejected.empty() ? "" : R"(,"rejected":[)" + rejected + "]") + "}}\n";
      if (::send(peer.get(), out.data(), out.size(), MSG_NOSIGNAL) < 0) return;
    }
  }

  void answer(const Json& message, std::string& out, std::uint64_t& seq, std::string& rejected) {
    const std::string type = message["type"];
    seq = message.value("seq", seq);
    if (type == "hello")
      out += R"({"type":"welcome","data":{"capabilities":["acks","leases"],"durability":"relaxed"}})"
             "\n";
    if (type == "job_request") {
      Json jobs = Json::array();
      for (int i = 0; i < std::min(message["data"].value("limit", 0), 3); ++i, ++jobs_)
        jobs.push_back({{"id", "job-" + std::to_string(jobs_)}, {"lease", jobs_ + 100}});
      out += Json{{"type", "job_response"}, {"data", {{"jobs", jobs}}}}.dump() + "\n";
    }
    if (type != "job_progress") return;
    ++progress;
    last_of_job[message["jobId"]] = message;
    const std::string why = reject_ ? reject_(message) : "";
    if (!why.empty()) rejected += (rejected.empty() ? "" : ",") + why;
  }

  std::function<std::string(const Json&)> reject_;
  std::string path_;
  UniqueFd listener_;
  int jobs_ = 0;
  std::thread thread_;
};

std::vector<Crawler> crawler_at(const EchoHub& hub) {
  auto crawler = Crawler::connect(hub.address(), "c1");
  REQUIRE(crawler);
  std::vector<Crawler> crawlers;
  crawlers.push_back(*std::move(crawler));
  REQUIRE(crawlers[0].lease(7));
  return crawlers;
}

const ProgressMessages& messages() {
  static const ProgressMessages all(50, 300, 30, "2025-01-31T12:34:56.789Z");
  return all;
}

}  // namespace

TEST_CASE("a crawler asks until it holds as many jobs as it wants") {
  EchoHub hub;
  auto crawlers = crawler_at(hub);
  CHECK(crawlers[0].durability() == "relaxed");
  REQUIRE(crawlers[0].jobs().size() == 7);
  CHECK(crawlers[0].jobs()[6].id == "job-6");
  CHECK(crawlers[0].jobs()[6].lease == 106);
  CHECK(crawlers[0].report_all("job_started", "{}"));
}

TEST_CASE("every message that is sent is acked and counted, and each job's last one is known") {
  EchoHub hub;
  auto crawlers = crawler_at(hub);
  Generator generator(crawlers, messages(), {.window = 6, .seconds = 0, .messages = 5000, .rate = 0});
  const auto measured = generator.run({});
  REQUIRE(measured);
  CHECK(measured->messages == 5000);
  CHECK(measured->latency.count() == 5000);
  CHECK(measured->rejected == 0);
  CHECK(measured->seconds > 0);
  CHECK(hub.progress == 5000);
  for (const HeldJob& job : crawlers[0].jobs()) {
    REQUIRE(job.last != HeldJob::kNone);
    CHECK(hub.last_of_job.at(job.id)["data"]["processed"] == ProgressMessages::processed(job.last));
    CHECK(hub.last_of_job.at(job.id)["lease"] == job.lease);
  }
}

TEST_CASE("refused messages are counted, with the first one's reason") {
  EchoHub hub([](const Json& message) -> std::string {
    const std::uint64_t seq = message["seq"];
    return seq % 100 == 0 ? R"({"seq":)" + std::to_string(seq) + R"(,"code":"not_holder"})" : "";
  });
  auto crawlers = crawler_at(hub);
  const auto from = crawlers[0].last_seq();
  Generator generator(crawlers, messages(), {.window = 64, .seconds = 0, .messages = 1000, .rate = 0});
  const auto measured = generator.run({});
  REQUIRE(measured);
  CHECK(measured->messages == 1000);
  CHECK(measured->rejected == (from + 1000) / 100);
  CHECK(measured->first_rejected == R"({"seq":100,"code":"not_holder"})");
}

TEST_CASE("with a rate messages come no faster, and a time ends the run") {
  EchoHub hub;
  auto crawlers = crawler_at(hub);
  Generator generator(crawlers, messages(), {.window = 64, .seconds = 0.2, .messages = 0, .rate = 5000});
  const auto measured = generator.run({});
  REQUIRE(measured);
  CHECK(measured->messages > 0);
  CHECK(measured->messages <= 1001);
}

TEST_CASE("a connection that the hub closes ends the run with a reason") {
  EchoHub hub;
  hub.close_on_progress = true;
  auto crawlers = crawler_at(hub);
  Generator generator(crawlers, messages(), {.window = 64, .seconds = 60, .messages = 0, .rate = 0});
  const auto measured = generator.run({});
  REQUIRE_FALSE(measured);
  CHECK_THAT(measured.error(), Catch::Contains("a connection was lost: "));
}
