#include "discover.hpp"

#include <set>

#include <catch2/catch.hpp>

#include "git_fixture.hpp"
#include "place.hpp"

using namespace crawlhub::git_crawler;
using namespace crawlhub::git_crawler::test;
using crawlhub::client::Job;

namespace {

Job areas(const std::string& url, const std::string& entity_id) {
  Job job;
  job.entity_type = "areas";
  job.gitlab_url = url;
  job.entity_id = entity_id;
  return job;
}

std::vector<std::string> paths(const Job& job, bool with_groups = false) {
  const auto found = discover(job, with_groups, [](std::size_t) { return true; });
  REQUIRE(found);
  std::vector<std::string> names;
  for (const auto& entry : found->jobs) names.push_back(entry.namespace_path);
  return names;
}

using Names = std::vector<std::string>;

/// base: group/one (work tree), group/deep/two.git (bare), solo.git and solo side by side, a folder without
/// any.
struct Farm {
  git::Library library;
  TemporaryFolder folder;
  std::filesystem::path base = folder.path() / "base";
  std::string url = "file://" + base.string();

  Farm() {
    make_repository(base / "group/one", 3, false);
    make_repository(base / "group/deep/two.git", 3);
    make_repository(base / "solo.git", 3);
    make_repository(base / "solo", 3, false);
    std::filesystem::create_directories(base / "nothing/here");
    std::filesystem::create_directory_symlink(base, base / "nothing/circle");
  }
};

}  // namespace

TEST_CASE("repositories below a folder are found, bare or not") {
  const Farm farm;
  const Names all = {"group/deep/two", "group/one", "solo", "solo.git"};
  CHECK(paths(areas(farm.url, "")) == all);
  CHECK(paths(areas(farm.url + "/", "acc-1")) == all);  // the hub puts the account's id there
  CHECK(paths(areas(farm.url, "group")) == Names{"group/deep/two", "group/one"});
  CHECK(paths(areas(farm.url, "group/one")) == Names{"group/one"});
  CHECK(paths(areas(farm.url, "group/one,group/deep/two")) == Names{"group/deep/two", "group/one"});
  CHECK(paths(areas(farm.url + "/group/one", "")) == Names{"one"});
  CHECK(paths(areas(farm.url + "/group/deep/two.git", "")) == Names{"two"});
  CHECK(paths(areas(farm.url, "nothing")).empty());
}

TEST_CASE("each found repository can be crawled by its path") {
  const Farm farm;
  for (const auto& base : {farm.url, farm.url + "/group/one", farm.url + "/group/deep/two.git"}) {
    std::set<std::string> folders;
    const auto names = paths(areas(base, ""));
    for (const auto& name : names) {
      INFO(name);
      Job job;
      job.gitlab_url = base;
      job.entity_id = name;
      const auto place = place_of(job);
      REQUIRE(place);
      CHECK(git::Repository::open(place->folder));
      folders.insert(place->folder.string());
    }
    CHECK(folders.size() == names.size());
  }
}

TEST_CASE("groups are reported when asked for, ids are stable and differ") {
  const Farm farm;
  CHECK(paths(areas(farm.url, "group"), true) == Names{"group/deep/two", "group/one", "group", "group/deep"});
  const auto step = [](std::size_t) { return true; };
  const auto once = discover(areas(farm.url, ""), true, step);
  const auto again = discover(areas(farm.url, ""), true, step);
  std::set<std::string> ids;
  for (std::size_t n = 0; n < once->jobs.size(); ++n) {
    CHECK(once->jobs[n].entity_id == again->jobs[n].entity_id);
    ids.insert(once->jobs[n].entity_id);
  }
  CHECK(ids.size() == 6);
  CHECK(once->summary.projects == 4);
  CHECK(once->summary.groups == 2);
  CHECK(once->summary.hierarchy_depth == 3);
}

TEST_CASE("a folder that is not there ends the job for good") {
  const Farm farm;
  for (const auto& [url, entity_id] :
       {std::pair{farm.url + "/gone", std::string()}, std::pair{farm.url, std::string("group/gone")},
        std::pair{farm.url, std::string("../base")}}) {
    const auto found = discover(areas(url, entity_id), false, [](std::size_t) { return true; });
    REQUIRE_FALSE(found);
    CHECK_FALSE(found.failure().recoverable);
  }
}

TEST_CASE("a remote account stands for one repository, or for those that are listed") {
  const git::Library library;
  CHECK(paths(areas("https://h.org/group/repo.git", "acc-1")) == Names{"group/repo"});
  CHECK(paths(areas("https://h.org", "group/b,group/a.git")) == Names{"group/a", "group/b"});
  CHECK_FALSE(discover(areas("https://h.org", "acc-1"), false, [](std::size_t) { return true; }));
}

TEST_CASE("a job's URL and path give what to clone") {
  const auto url_of = [](const std::string& url, const std::string& entity_id) {
    Job job;
    job.gitlab_url = url;
    job.entity_id = entity_id;
    const auto place = place_of(job);
    return place ? place->url : place.error();
  };
  CHECK(url_of("https://h.org/api/graphql", "g/r") == "https://h.org/g/r.git");
  CHECK(url_of("https://h.org/", "g/r.git") == "https://h.org/g/r.git");
  CHECK(url_of("https://h.org/g/r", "g/r") == "https://h.org/g/r.git");
  CHECK(url_of("https://h.org/mirror/g/r.git", "g/r") == "https://h.org/mirror/g/r.git");
  CHECK(url_of("ssh://git@h.org:22/base", "g/r") == "ssh://git@h.org:22/base/g/r.git");
  CHECK(url_of("git@h.org:g/r.git", "g/r") == "ssh://git@h.org/g/r.git");
}

TEST_CASE("paths that lead out and URLs that mean nothing are refused") {
  Job job;
  job.gitlab_url = "file:///srv";
  for (const char* path : {"", "..", "a/../../b", "a//b", "./a", "a/."}) {
    INFO(path);
    job.entity_id = path;
    const auto place = place_of(job);
    REQUIRE_FALSE(place);
    CHECK(place.failure().type == "invalid_job");
  }
  for (const char* url : {"", "file://host/x", "ftp://h/x", "group/repo", "https://", "https://h/../x"}) {
    INFO(url);
    CHECK_FALSE(parse_base(url));
  }
  CHECK(parse_base("file:///with%20space")->folder == "/with space");
}
