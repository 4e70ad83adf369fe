#include "mirror.hpp"

#include <atomic>
#include <thread>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <spawn.h>
#include <sys/wait.h>

#include "git_fixture.hpp"

using namespace crawlhub::git_crawler;
using namespace crawlhub::git_crawler::test;

namespace {

/// `git daemon` on a free port: one process a connection, as inetd does it. Serves all below a folder.
class GitServer {
 public:
  explicit GitServer(std::filesystem::path base) : base_(std::move(base)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(listener_, 8) == 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    url_ = "git://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~GitServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  const std::string& url() const { return url_; }
  int connections() const { return connections_; }

 private:
  void serve() {
    while (true) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      ++connections_;
      std::string base = "--base-path=" + base_.string();
      char git[] = "git", daemon[] = "daemon", inetd[] = "--inetd", all[] = "--export-all";
      char* arguments[] = {git, daemon, inetd, all, base.data(), nullptr};
      posix_spawn_file_actions_t actions;
      ::posix_spawn_file_actions_init(&actions);
      ::posix_spawn_file_actions_adddup2(&actions, client, 0);
      ::posix_spawn_file_actions_adddup2(&actions, client, 1);
      pid_t child = 0;
      if (::posix_spawnp(&child, "git", &actions, nullptr, arguments, environ) == 0)
        ::waitpid(child, nullptr, 0);
      ::posix_spawn_file_actions_destroy(&actions);
      ::close(client);
    }
  }

  std::filesystem::path base_;
  int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::string url_;
  std::atomic<int> connections_ = 0;
  std::thread thread_;
};

struct World {
  git::Library library;
  TemporaryFolder folder;
  std::filesystem::path origin = folder.path() / "srv/group/repo.git";
  MirrorOptions options{folder.path() / "cache",
                        std::chrono::seconds(0),
                        {},
                        [](const std::string&) { return true; },
                        [] { return false; }};

  World() { make_repository(origin, 20); }

  Place place(const GitServer& server, const std::string& path = "group/repo") const {
    crawlhub::client::Job job;
    job.gitlab_url = server.url();
    job.entity_id = path;
    const auto place = place_of(job);
    REQUIRE(place);
    return *place;
  }
};

std::vector<std::string> refs(const std::filesystem::path& repository) {
  return run(repository, "git for-each-ref && git symbolic-ref HEAD");
}

}  // namespace

TEST_CASE("a mirror has every reference of its origin, and follows it") {
  World world;
  const GitServer server(world.folder.path() / "srv");
  const auto mirror = update_mirror(world.place(server), world.options);
  REQUIRE(mirror);
  CHECK(refs(*mirror) == refs(world.origin));
  CHECK(run(*mirror, "git rev-list --all") == run(world.origin, "git rev-list --all"));

  run(world.origin,
      "git branch new main && git update-ref -d refs/heads/feature/side5 && git branch -m main trunk");
  REQUIRE(update_mirror(world.place(server), world.options));
  CHECK(refs(*mirror) == refs(world.origin));
}

TEST_CASE("a mirror that is fresh is not fetched again") {
  World world;
  const GitServer server(world.folder.path() / "srv");
  world.options.fresh_for = std::chrono::hours(1);
  REQUIRE(update_mirror(world.place(server), world.options));
  const int before = server.connections();
  REQUIRE(update_mirror(world.place(server), world.options));
  CHECK(server.connections() == before);
}

TEST_CASE("a fetch can be stopped") {
  World world;
  const GitServer server(world.folder.path() / "srv");
  world.options.on_step = [](const std::string&) { return false; };
  const auto mirror = update_mirror(world.place(server), world.options);
  REQUIRE_FALSE(mirror);
  CHECK(mirror.failure().type == "stopped");
}

TEST_CASE("what cannot be fetched is told with its address") {
  World world;
  std::string url;
  {
    const GitServer server(world.folder.path() / "srv");
    const auto none = update_mirror(world.place(server, "group/none"), world.options);
    REQUIRE_FALSE(none);
    CHECK(none.error().find("/group/none.git") != std::string::npos);
    url = server.url();
  }
  crawlhub::client::Job job;
  job.gitlab_url = url;
  job.entity_id = "group/repo";
  const auto gone = update_mirror(*place_of(job), world.options);
  REQUIRE_FALSE(gone);
  CHECK(gone.failure().type == "network");
  CHECK(gone.failure().recoverable);
}
