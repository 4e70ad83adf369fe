#include "crawl.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "git_fixture.hpp"

using namespace crawlhub::git_crawler;
using namespace crawlhub::git_crawler::test;
using crawlhub::client::Json;
using crawlhub::client::Progress;
using crawlhub::client::ResumeState;

namespace {

/// One attempt at one job, as a crawler makes it; the hub is what remains in `state` and `reports`.
struct Attempt {
  std::filesystem::path repository;
  std::filesystem::path file;
  std::string type = "commit";
  std::size_t page_size = 7;
  std::size_t pages = 1000;  // stop after so many
  std::vector<Progress> reports = {};

  Result<std::uint64_t> run(const ResumeState& state) {
    auto opened = git::Repository::open(repository);
    REQUIRE(opened);
    auto entities =
        entities_of(*opened, Place{"group/repo", repository, {}}, type, [](std::size_t) { return true; });
    REQUIRE(entities);
    auto output = OutputFile::open(file, state.last_entity_id);
    REQUIRE(output);
    const Surroundings around{[&](const Progress& progress) { reports.push_back(progress); },
                              [&] { return reports.size() < pages; }, [] { return true; }};
    auto done = crawl_entities(*entities, type, *output, page_size, state.current_page.value_or(0), around);
    if (!done) return done.failure();
    return output->lines();
  }
};

std::vector<std::string> all_commits(const std::filesystem::path& repository) {
  return sorted(run(repository, "git rev-list --all"));
}

}  // namespace

TEST_CASE("a crawl writes each commit that git lists, once") {
  const git::Library library;
  const TemporaryFolder folder;
  make_repository(folder.path() / "repo", 60);
  Attempt attempt{.repository = folder.path() / "repo", .file = folder.path() / "out/commit.ndjson"};
  const auto count = attempt.run({});
  REQUIRE(count);
  const auto expected = all_commits(attempt.repository);
  CHECK(expected.size() == 61);
  CHECK(*count == expected.size());
  CHECK(sorted(ids_in(attempt.file)) == expected);
  REQUIRE(attempt.reports.size() == 9);
  CHECK(attempt.reports[0].processed == 7);
  CHECK(attempt.reports[0].total == 61u);
  CHECK(attempt.reports[0].resume_state->current_page == 1);
  CHECK(attempt.reports[0].resume_state->entity_type == "commit");
  CHECK(attempt.reports[8].resume_state->last_entity_id == ids_in(attempt.file).back());
}

TEST_CASE("two crawls of one state of a repository write the same file") {
  const git::Library library;
  const TemporaryFolder folder;
  make_repository(folder.path() / "repo", 40);
  Attempt one{.repository = folder.path() / "repo", .file = folder.path() / "one"};
  Attempt two{.repository = folder.path() / "repo", .file = folder.path() / "two", .page_size = 3};
  REQUIRE(one.run({}));
  run(one.repository, "git gc -q");
  REQUIRE(two.run({}));
  CHECK(read_file(one.file) == read_file(two.file));
}

TEST_CASE("a crawl killed at any page goes on without loss or double, whatever the file held behind it") {
  const git::Library library;
  const TemporaryFolder folder;
  make_repository(folder.path() / "repo", 40);
  const auto expected = all_commits(folder.path() / "repo");
  const std::string behind =
      GENERATE("", "{\"id\":\"torn", "{\"id\":\"1234\",\"whole\":1}\n{\"id\":\"", "next page");
  for (std::size_t pages = 1; pages <= 6; ++pages) {
    INFO(pages);
    Attempt first{
        .repository = folder.path() / "repo", .file = folder.path() / "commit.ndjson", .pages = pages};
    const auto stopped = first.run({});
    REQUIRE(first.reports.size() == pages);
    auto known = *first.reports.back().resume_state;
    if (behind == "next page") {  // written, not yet reported when it was killed
      Attempt ahead{.repository = first.repository, .file = first.file, .pages = 1};
      [[maybe_unused]] const auto again = ahead.run(known);
    } else {
      write_file(first.file, read_file(first.file) + behind);
    }
    Attempt second{.repository = first.repository, .file = first.file};
    const auto count = second.run(known);
    REQUIRE(count);
    CHECK(*count == expected.size());
    CHECK(sorted(ids_in(first.file)) == expected);
    if (!second.reports.empty()) {
      CHECK(second.reports.front().resume_state->current_page == static_cast<std::int64_t>(pages) + 1);
    }
  }
}

TEST_CASE("a file that the hub's state does not fit is begun anew") {
  const git::Library library;
  const TemporaryFolder folder;
  make_repository(folder.path() / "repo", 20);
  const auto expected = all_commits(folder.path() / "repo");
  Attempt attempt{.repository = folder.path() / "repo", .file = folder.path() / "commit.ndjson"};
  write_file(attempt.file, "garbage\n");
  REQUIRE(
      attempt.run(ResumeState{.last_entity_id = expected[3], .current_page = 2, .entity_type = "commit"}));
  CHECK(sorted(ids_in(attempt.file)) == expected);
  REQUIRE(attempt.run({}));
  CHECK(sorted(ids_in(attempt.file)) == expected);
}

TEST_CASE("commits that came while the crawler was away are not missed") {
  const git::Library library;
  const TemporaryFolder folder;
  make_repository(folder.path() / "repo", 20);
  Attempt first{.repository = folder.path() / "repo", .file = folder.path() / "commit.ndjson", .pages = 2};
  REQUIRE_FALSE(first.run({}));
  run(first.repository,
      "git update-ref refs/heads/new $(GIT_COMMITTER_DATE='1800000000 +0000' GIT_AUTHOR_DATE='1800000000 "
      "+0000' "
      "git commit-tree -p main -m new main^{tree})");
  Attempt second{.repository = first.repository, .file = first.file};
  REQUIRE(second.run(*first.reports.back().resume_state));
  CHECK(sorted(ids_in(first.file)) == all_commits(first.repository));
}

TEST_CASE("a crawler that lost its job does not spoil the file of its successor") {
  const git::Library library;
  const TemporaryFolder folder;
  const auto file = folder.path() / "commit.ndjson";
  auto loser = OutputFile::open(file, std::nullopt);
  REQUIRE(loser);
  loser->append({{"id", "a"}});
  REQUIRE(loser->sync());
  auto successor = OutputFile::open(file, "a");
  REQUIRE(successor);
  CHECK(successor->holds("a"));
  loser->append({{"id", "b"}});
  REQUIRE(loser->sync());
  successor->append({{"id", "c"}});
  REQUIRE(successor->sync());
  CHECK(ids_in(file) == std::vector<std::string>{"a", "c"});
}

TEST_CASE("branches and tags are those that git lists") {
  const git::Library library;
  const TemporaryFolder folder;
  make_repository(folder.path() / "repo", 30);
  run(folder.path() / "repo",
      "git update-ref 'refs/heads/odd\"name' main && git symbolic-ref refs/heads/alias "
      "refs/heads/main && git pack-refs --all");
  for (const auto& [type, prefix] : {std::pair{"branch", "refs/heads"}, std::pair{"release", "refs/tags"}}) {
    INFO(type);
    Attempt attempt{
        .repository = folder.path() / "repo", .file = folder.path() / type, .type = type, .page_size = 2};
    attempt.pages = 1;
    REQUIRE_FALSE(attempt.run({}));
    const auto state = *attempt.reports.back().resume_state;
    attempt.pages = 1000;
    REQUIRE(attempt.run(state));
    const auto strip = std::string(" --format='%(refname:lstrip=2)' ") + prefix;
    CHECK(sorted(ids_in(attempt.file)) == sorted(run(attempt.repository, "git for-each-ref" + strip)));
  }
}

TEST_CASE("an annotated tag tells who tagged what, a plain one its commit") {
  const git::Library library;
  const TemporaryFolder folder;
  make_repository(folder.path() / "repo", 10);
  Attempt attempt{.repository = folder.path() / "repo", .file = folder.path() / "tags", .type = "release"};
  REQUIRE(attempt.run({}));
  std::istringstream lines(read_file(attempt.file));
  std::map<std::string, Json> tags;
  for (std::string line; std::getline(lines, line);) tags[Json::parse(line).at("id")] = Json::parse(line);
  CHECK(tags.at("v2").at("annotated") == true);
  CHECK(tags.at("v2").at("tagger_name") == "Ann");
  CHECK(tags.at("v2").at("tagged_date") == "2023-11-14T18:59:59-03:30");
  CHECK(tags.at("v2").at("commit") == run(attempt.repository, "git rev-parse main")[0]);
  CHECK(tags.at("v1").at("annotated") == false);
  CHECK_FALSE(tags.at("readme").contains("commit"));
}

TEST_CASE("a project is one line with its facts") {
  const git::Library library;
  const TemporaryFolder folder;
  make_repository(folder.path() / "repo", 30);
  Attempt attempt{.repository = folder.path() / "repo", .file = folder.path() / "project", .type = "project"};
  REQUIRE(attempt.run({}));
  const auto project = Json::parse(read_file(attempt.file));
  CHECK(project.at("id") == "group/repo");
  CHECK(project.at("default_branch") == "main");
  CHECK(project.at("commits") == 31);
  CHECK(project.at("branches") == run(attempt.repository, "git for-each-ref refs/heads").size());
  CHECK(project.at("tags") == 3);
  CHECK(project.at("size_bytes").get<int>() > 1000);
}

TEST_CASE("empty, shallow and multi-worktree repositories give what git gives") {
  const git::Library library;
  const TemporaryFolder folder;
  make_repository(folder.path() / "full", 30, false);
  run(folder.path(),
      "git init -q --bare empty && git clone -q --bare --depth 5 --no-single-branch "
      "file://$PWD/full shallow 2>&1");
  run(folder.path() / "full",
      "git reset -q --hard && git worktree add -q --detach ../tree main && cd ../tree && git commit -q "
      "--allow-empty -m x");
  for (const char* name : {"empty", "shallow", "full"}) {
    INFO(name);
    Attempt attempt{.repository = folder.path() / name, .file = folder.path() / "out" / name};
    const auto count = attempt.run({});
    REQUIRE(count);
    CHECK(sorted(ids_in(attempt.file)) == all_commits(attempt.repository));
  }
}

TEST_CASE("what is no repository is said to be none") {
  const git::Library library;
  const TemporaryFolder folder;
  const auto none = git::Repository::open(folder.path());
  REQUIRE_FALSE(none);
  CHECK(none.failure().type == "repository_not_found");
  CHECK_FALSE(none.failure().recoverable);
}
