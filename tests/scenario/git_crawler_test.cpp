// Real git repositories, crawled through the real hub by the git crawler, which is killed on the way.
#include <chrono>
#include <fstream>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include <catch2/catch.hpp>
#include <signal.h>

#include "tests/support/eventually.hpp"
#include "tests/support/hub.hpp"

using namespace crawlhub::testing;
using nlohmann::json;

namespace {

constexpr int kCommits = 10'000;
constexpr int kRounds = 10;

// A real repository: one branch of kCommits commits, a second branch in its middle, some tags.
void make_repository(const std::string& path, int commits) {
  REQUIRE(run({"git", "init", "-q", "--bare", "-b", "main", path}).code == 0);
  const std::string stream = path + ".import";
  {
    std::ofstream out(stream);
    for (int i = 1; i <= commits; ++i) {
      const std::string text = "commit " + std::to_string(i);
      out << "commit refs/heads/main\nmark :" << i << "\ncommitter A <a@example.org> " << 1'600'000'000 + i
          << " +0000\ndata " << text.size() << '\n'
          << text << '\n';
      if (i > 1) out << "from :" << i - 1 << '\n';
      out << "M 100644 inline file\ndata " << text.size() << '\n' << text << '\n';
    }
    out << "reset refs/heads/half\nfrom :" << commits / 2 << "\n\nreset refs/tags/v1\nfrom :" << commits / 3
        << "\n\nreset refs/tags/v2\nfrom :" << commits << "\n\n";
  }
  REQUIRE(run({"sh", "-c", "git -C " + path + " fast-import --quiet < " + stream}).code == 0);
}

std::set<std::string> lines(const std::string& text) {
  std::set<std::string> all;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) all.insert(line);
  return all;
}

// The ids of the commits in the output, in order; doubled ones stand twice.
std::vector<std::string> written_commits(const std::filesystem::path& output) {
  std::vector<std::string> ids;
  for (const auto& file : std::filesystem::recursive_directory_iterator(output)) {
    if (file.path().filename() != "commit.ndjson") continue;
    std::istringstream in(read_file(file.path()));
    for (std::string line; std::getline(in, line);) ids.push_back(json::parse(line).at("id"));
  }
  return ids;
}

Process start_crawler(Hub& hub, const std::string& id, const std::string& output) {
  return Process({git_crawler_program(), "--hub", "unix:" + hub.socket(), "--id", id, "--output", output,
                  "--page-size", "100", "--rate", "20000"},
                 {.output = {}, .errors = hub.directory() / (id + ".log"), .environment = {}});
}

bool all_ended(Hub& hub) {
  const json jobs = hub.admin("status")["jobs"];
  return jobs["queued"] == 0 && jobs["assigned"] == 0 && jobs["running"] == 0;
}

}  // namespace

TEST_CASE(
    "a crawler killed on the way: every job finishes, no commit is missing or doubled, ten times in a row") {
  const TemporaryDirectory work;
  make_repository(work / "repository.git", kCommits);
  const auto expected = lines(run({"git", "-C", work / "repository.git", "rev-list", "--all"}).output);
  REQUIRE(expected.size() == kCommits);
  std::mt19937 random(4711);
  for (int round = 0; round < kRounds; ++round) {
    INFO("round " << round);
    HubOptions options;
    options.storage = "storage-sqlite";
    options.plugin_configs = {
        {"handler-jobs",
         "{ reconnect: { hello: 200ms, without: 200ms }, backoff: { first: 100ms, factor: 2, most: 1s } }"},
        {"handler-discovery", "{ data_types: { project: [branch, commit, release], group: [] } }"}};
    Hub hub(options);
    hub.start();
    hub.admin("accounts.add", {{"name", "local"},
                               {"provider", "git"},
                               {"url", "file://" + work.path().string()},
                               {"token", "none"}});
    hub.admin("jobs.add", {{"entityType", "areas"}, {"entityId", "repository.git"}, {"account", "local"}});
    const std::string output = hub.directory() / "output";
    Process first = start_crawler(hub, "first", output);
    Process second = start_crawler(hub, "second", output);
    const auto commit_job = [&hub]() -> json {
      const json jobs = hub.admin("jobs.list", {{"entityType", "commit"}})["jobs"];
      return jobs.empty() ? json() : jobs[0];
    };
    // The victim is the crawler that walks the commits, at a random moment of its walk.
    REQUIRE(eventually(
        [&] {
          const json job = commit_job();
          return job.is_object() && job["status"] == "running" && job["resumeState"].is_object();
        },
        std::chrono::seconds(60)));
    std::this_thread::sleep_until(std::chrono::steady_clock::now() +
                                  std::chrono::milliseconds(random() % 200));
    const json running = commit_job();
    const bool was_running = running["status"] == "running";
    const std::string holder =
        running["leasedTo"].is_string() ? running["leasedTo"].get<std::string>() : "first";
    Process& victim = holder.find("second") != std::string::npos ? second : first;
    victim.signal(SIGKILL);
    victim.wait();
    Process third = start_crawler(hub, "third", output);
    const bool ended = eventually([&] { return all_ended(hub); }, std::chrono::seconds(60));
    INFO(hub.admin("jobs.list").dump(1) << "\nlog:\n"
                                        << hub.log() << read_file(hub.directory() / "third.log"));
    REQUIRE(ended);
    const json status = hub.admin("status")["jobs"];
    CHECK(status["failed"] == 0);
    CHECK(status["finished"] == 5);  // areas, project, branch, commit, release
    if (was_running) CHECK(commit_job()["attempts"].get<int>() >= 2);
    const std::vector<std::string> ids = written_commits(output);
    CHECK(ids.size() == expected.size());
    CHECK(std::set<std::string>(ids.begin(), ids.end()) == expected);
  }
}
