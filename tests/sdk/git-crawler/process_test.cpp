#include <csignal>

#include <catch2/catch.hpp>
#include <sys/wait.h>

#include "git_fixture.hpp"
#include "tests/sdk/client/test_hub.hpp"

using namespace crawlhub::git_crawler;
using namespace crawlhub::git_crawler::test;
using crawlhub::client::Json;
using crawlhub::client::test::TestHub;

namespace {

/// The program itself, as a process; killed with the object.
class Process {
 public:
  explicit Process(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), GIT_CRAWLER);
    std::vector<char*> raw;
    for (auto& argument : arguments) raw.push_back(argument.data());
    raw.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::execv(raw[0], raw.data());
      ::_exit(127);
    }
  }
  ~Process() {
    if (pid_ > 0) end(SIGKILL);
  }
  /// @return the exit code, or minus the signal that ended it
  int end(int signal) {
    ::kill(pid_, signal);
    return wait();
  }
  int wait() {
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_;
};

struct World {
  git::Library library;
  TemporaryFolder folder;
  TestHub hub;

  std::vector<std::string> arguments(std::vector<std::string> more) const {
    std::vector<std::string> all = {"--hub", hub.address(), "--output", (folder.path() / "out").string(),
                                    "--quiet"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  Json job(const std::string& type, const std::string& entity_id, const Json& resume_state = nullptr) const {
    Json job = {{"id", "job-" + type},   {"entityType", type},
                {"entityId", entity_id}, {"gitlabUrl", "file://" + (folder.path() / "base").string()},
                {"accessToken", "t"},    {"lease", 1}};
    if (resume_state.is_object()) job["resumeState"] = resume_state;
    return job;
  }
};

}  // namespace

TEST_CASE("the program discovers, crawls every type and ends when there is nothing more to do") {
  World world;
  make_repository(world.folder.path() / "base/group/repo.git", 30);
  std::vector<Json> jobs = {world.job("areas", "")};
  for (const char* type : {"project", "branch", "commit", "release"})
    jobs.push_back(world.job(type, "group/repo"));
  world.hub.offer(jobs);
  Process crawler(world.arguments({"--once", "--parallel", "5"}));
  CHECK(crawler.wait() == 0);
  CHECK(world.hub.received("job_started").size() == 5);
  const auto discovered = world.hub.wait_for("jobs_discovered")["data"];
  CHECK(discovered["discovered_jobs"][0]["namespace_path"] == "group/repo");
  CHECK(discovered["discovered_jobs"][0]["job_type"] == "crawl_project");
  CHECK(discovered["discovery_summary"]["total_projects"] == 1);
  const auto repository = world.folder.path() / "base/group/repo.git";
  std::map<std::string, std::size_t> counts;
  for (const auto& completed : world.hub.received("job_completed")) {
    for (const auto& [type, count] : completed["data"]["finalCounts"].items())
      counts[completed["jobId"]] = count;
  }
  CHECK(counts["job-areas"] == 1);
  CHECK(counts["job-project"] == 1);
  CHECK(counts["job-branch"] == run(repository, "git for-each-ref refs/heads").size());
  CHECK(counts["job-commit"] == run(repository, "git rev-list --all").size());
  CHECK(counts["job-release"] == run(repository, "git for-each-ref refs/tags").size());
  const auto file = world.folder.path() / "out/group/repo/commit.ndjson";
  CHECK(sorted(ids_in(file)) == sorted(run(repository, "git rev-list --all")));
}

TEST_CASE("with more threads than jobs the program still does each job before it ends") {
  World world;
  make_repository(world.folder.path() / "base/repo", 3);
  for (std::size_t round = 1; round <= 10; ++round) {
    world.hub.offer({world.job("branch", "repo")});
    Process crawler(world.arguments({"--once", "--parallel", "8"}));
    CHECK(crawler.wait() == 0);
    CHECK(world.hub.received("job_completed").size() == round);
  }
}

TEST_CASE("a killed program's job is finished by another one, nothing missing, nothing double") {
  World world;
  const auto repository = world.folder.path() / "base/group/repo";
  make_repository(repository, 300);
  Json state = nullptr;
  std::size_t seen = 0;
  for (int kills = 0; kills < 5; ++kills) {
    world.hub.offer({world.job("commit", "group/repo", state)});
    Process crawler(world.arguments({"--page-size", "3", "--rate", "100"}));
    world.hub.wait_for("job_progress", seen + 2);
    CHECK(crawler.end(SIGKILL) == -SIGKILL);
    world.hub.drop();
    const auto reports = world.hub.received("job_progress");
    seen = reports.size();
    // The hub may know an older state than the newest.
    state = reports[reports.size() - (kills % 2 == 0 ? 1 : 2)]["data"]["resumeState"];
  }
  world.hub.offer({world.job("commit", "group/repo", state)});
  Process crawler(world.arguments({"--once"}));
  CHECK(crawler.wait() == 0);
  const auto completed = world.hub.wait_for("job_completed");
  CHECK(completed["data"]["finalCounts"]["commit"] == 301);
  CHECK(sorted(ids_in(world.folder.path() / "out/group/repo/commit.ndjson")) ==
        sorted(run(repository, "git rev-list --all")));
}

TEST_CASE("told to stop, the program ends its page, reports it and goes") {
  World world;
  make_repository(world.folder.path() / "base/repo", 60);
  world.hub.offer({world.job("commit", "repo")});
  Process crawler(world.arguments({"--page-size", "3", "--rate", "100"}));
  world.hub.wait_for("job_progress", 2);
  CHECK(crawler.end(SIGTERM) == 0);
  CHECK(world.hub.received("job_completed").empty());
  CHECK(world.hub.received("job_failed").empty());
  const auto last = world.hub.received("job_progress").back()["data"];
  const auto ids = ids_in(world.folder.path() / "out/repo/commit.ndjson");
  CHECK(last["resumeState"]["lastEntityId"] == ids.back());
  CHECK(last["processed"] == ids.size());
}

TEST_CASE("a job that is cancelled or another's is dropped without a further word") {
  World world;
  make_repository(world.folder.path() / "base/repo", 60);
  const bool cancel = GENERATE(true, false);
  world.hub.change([&](TestHub::Behaviour& hub) {
    hub.refuse = [&](const Json& message) -> std::optional<Json> {
      if (cancel || message["type"] != "job_progress" || message["data"]["processed"] < 6)
        return std::nullopt;
      return Json{{"code", "not_holder"}, {"error", "another crawler has it"}, {"retry", false}};
    };
  });
  world.hub.offer({world.job("commit", "repo")});
  Process crawler(world.arguments({"--page-size", "3", "--rate", "20", "--once"}));
  world.hub.wait_for("job_progress", 2);
  if (cancel) world.hub.say({{"type", "cancel_job"}, {"jobId", "job-commit"}, {"data", Json::object()}});
  CHECK(crawler.wait() == 0);
  CHECK(world.hub.received("job_completed").empty());
  CHECK(world.hub.received("job_failed").empty());
  CHECK(world.hub.received("job_progress").size() < 20);
}

TEST_CASE("a repository that is not there fails for good, with a sentence") {
  World world;
  std::filesystem::create_directories(world.folder.path() / "base");
  world.hub.offer({world.job("commit", "group/gone"), world.job("issue", "group/gone")});
  Process crawler(world.arguments({"--once", "--parallel", "2"}));
  CHECK(crawler.wait() == 0);
  std::map<std::string, Json> failed;
  for (const auto& message : world.hub.received("job_failed")) failed[message["jobId"]] = message["data"];
  REQUIRE(failed.size() == 2);
  CHECK(failed["job-commit"]["isRecoverable"] == false);
  CHECK(failed["job-commit"]["errorType"] == "repository_not_found");
  CHECK(failed["job-issue"]["errorType"] == "unsupported_entity_type");
}

TEST_CASE("without a hub the program ends after the time it was given") {
  const TemporaryFolder folder;
  Process crawler(
      {"--hub", "unix:" + (folder.path() / "none.sock").string(), "--hub-timeout", "1", "--quiet"});
  CHECK(crawler.wait() == 3);
}
