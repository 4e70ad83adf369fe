#include <catch2/catch.hpp>

#include "tests/plugins/support/stored.hpp"

using namespace crawlhub;
using namespace crawlhub::test;

namespace {

json entry(const std::string& type, const std::string& id, const std::string& path) {
  return {{"job_type", type}, {"entity_id", id}, {"namespace_path", path}, {"entity_name", "n " + id}};
}

// A running job of crawler "one", and the plugin that takes what it finds.
struct Rig {
  explicit Rig(const std::string& config = "{}") {
    storage.serve(plugin);
    REQUIRE(plugin.start(config));
    storage.add_account("acme");
    root = storage.add_job("areas", "", "acme");
    crawler = plugin.connect(CRAWLHUB_CONNECTION_HELLO, "one");
    storage.claim(crawler->id(), "one");
  }
  const Exchange& report(const json& entries, const std::string& job) {
    return crawler->send(
        json{{"type", "jobs_discovered"}, {"jobId", job}, {"data", {{"discovered_jobs", entries}}}}.dump());
  }
  const Exchange& report(const json& entries) { return report(entries, root); }
  json jobs() { return storage.list(R"({"limit":1000,"status":"queued"})"); }
  json areas() {
    return json::parse(storage.query(CRAWLHUB_QUERY_AREAS, R"({"limit":1000})").text).at("areas");
  }

  Storage storage;
  PluginHarness plugin{PLUGIN_FILE};
  std::string root;
  std::optional<Crawler> crawler;
};

std::set<std::string> types_of(const json& jobs, const std::string& path) {
  std::set<std::string> types;
  for (const json& job : jobs) {
    if (job.at("entityId") == path) types.insert(job.at("entityType").get<std::string>());
  }
  return types;
}

}  // namespace

TEST_CASE("each area found becomes an area, its job, and one job a data type") {
  Rig rig;
  json group = entry("crawl_group", "1", "g");
  group["priority"] = 7;
  group["estimated_size"] = {{"issues", 12}};
  CHECK(ok(rig.report({group, entry("crawl_project", "2", "g/p"), entry("crawl_user", "3", "u"),
                       entry("discover_namespaces", "4", "d")})
               .outcome));
  const json jobs = rig.jobs();
  CHECK(types_of(jobs, "g") == std::set<std::string>{"group", "groupMilestones", "epics"});
  CHECK(types_of(jobs, "g/p") == std::set<std::string>{"project", "issue", "merge_request", "commit",
                                                       "branch", "pipeline", "jobs", "mergeRequestNotes"});
  CHECK(types_of(jobs, "u") == std::set<std::string>{"user"});
  CHECK(types_of(jobs, "d") == std::set<std::string>{"areas"});
  for (const json& job : jobs) {
    CHECK(job.at("account") == "acme");
    CHECK(job.at("priority") == (job.at("entityId") == "g" ? 7 : 1));
    const json shown = rig.storage.job(job.at("id"));
    CHECK(shown.at("spawnedFrom") == rig.root);
    CHECK(shown.at("root") == rig.root);
  }
  CHECK(rig.areas().size() == 4);
  CHECK(rig.storage.job(rig.root).at("status") == "running");
}

TEST_CASE("a second report makes nothing new, and a moved path is updated") {
  Rig rig;
  rig.report(json::array({entry("crawl_user", "3", "u")}));
  rig.report(json::array({entry("crawl_user", "3", "u")}));
  CHECK(rig.jobs().size() == 1);
  CHECK(rig.plugin.section("discovery_metrics", CRAWLHUB_SECTION_METRICS)
            .find("crawlhub_discovery_jobs_total\tcounter\tJobs made from discoveries\t\t1\n") !=
        std::string::npos);
  rig.report(json::array({entry("crawl_user", "3", "moved")}));
  REQUIRE(rig.areas().size() == 1);
  CHECK(rig.areas().at(0).at("fullPath") == "moved");
}

TEST_CASE("invalid entries are dropped, counted and told; the good ones stand") {
  Rig rig;
  json no_id = entry("crawl_user", "1", "a");
  no_id.erase("entity_id");
  json bad_size = entry("crawl_user", "2", "b");
  bad_size["estimated_size"] = {{"issues", "many"}};
  CHECK(ok(rig.report({no_id, entry("crawl_user", "3", "good"), bad_size, 5, entry("crawl_moon", "4", "c")})
               .outcome));
  CHECK(rig.jobs().size() == 1);
  REQUIRE(rig.plugin.host().problems.size() == 1);
  const auto& problem = rig.plugin.host().problems[0];
  CHECK(problem.code == CRAWLHUB_E_INVALID_ENTRY);
  CHECK(problem.job == rig.root);
  CHECK(problem.message ==
        "4 of 5 entries were dropped, the others taken; discovered_jobs[0].entity_id: expected a "
        "string, but it is missing");
  CHECK(json::parse(problem.details).at("faults") ==
        json{"discovered_jobs[0].entity_id: expected a string, but it is missing",
             "discovered_jobs[2].estimated_size.issues: expected a number, got a string \"many\"",
             "discovered_jobs[3]: expected an object, got a number",
             "discovered_jobs[4].job_type: expected one of discover_namespaces, crawl_user, crawl_group, "
             "crawl_project, got a string \"crawl_moon\""});
}

TEST_CASE("the job that a discovery names must exist and be, or have been, the sender's") {
  Rig rig;
  CHECK(rig.report(json::array({entry("crawl_user", "3", "u")}), "no-such-job").code ==
        CRAWLHUB_E_UNKNOWN_JOB);
  const std::string other = rig.storage.add_job("group", "g", "acme");
  CHECK(rig.report(json::array({entry("crawl_user", "3", "u")}), other).code == CRAWLHUB_E_NOT_HOLDER);
  CHECK(rig.areas().empty());
  CHECK(rig.plugin.host().problems.empty());
  rig.storage.end_connection(rig.crawler->id());
  CHECK(ok(rig.report(json::array({entry("crawl_user", "3", "u")})).outcome));
  CHECK(rig.areas().size() == 1);
}

TEST_CASE("a long discovery goes into the storage in slices, and none of it is lost") {
  Rig rig(R"({"data_types":{"project":["issue"],"group":[]}})");
  json entries = json::array();
  for (int i = 0; i < 5000; ++i)
    entries.push_back(entry("crawl_project", std::to_string(i), "p/" + std::to_string(i)));
  const Exchange& exchange = rig.report(entries);
  CHECK(ok(exchange.outcome));
  CHECK(exchange.ops.size() >= 15001);
  const json event = json::parse(rig.plugin.host().events.back().json);
  CHECK(event.at("entries") == 5000);
  CHECK(event.at("areas") == 5000);
  CHECK(event.at("jobs") == 10000);
}

TEST_CASE("a long list of nothing but invalid entries ends as well") {
  Rig rig;
  json entries = json::array();
  for (int i = 0; i < 20000; ++i) entries.push_back(i);
  CHECK(ok(rig.report(entries).outcome));
  CHECK(json::parse(rig.plugin.host().events.back().json).at("dropped") == 20000);
  CHECK(json::parse(rig.plugin.host().problems.at(0).details).at("faults").size() == 50);
}

TEST_CASE("discovery: groups and projects become areas, the rest is kept as entities") {
  Rig rig;
  const auto send = [&](const std::string& type, const json& entities, const std::string& job) {
    json message = {{"type", "discovery"}, {"data", {{"entityType", type}, {"entities", entities}}}};
    if (!job.empty()) message["jobId"] = job;
    return rig.crawler->send(message.dump()).outcome;
  };
  CHECK(ok(send("group",
                {{{"id", 1}, {"name", "a"}, {"path", "a"}},
                 {{"id", "2"}, {"name", "b"}, {"path", "a/b"}, {"parentId", 1}}},
                rig.root)));
  CHECK(ok(send("issue", {{{"id", "i1"}, {"name", "x"}, {"path", "a/b#1"}}, {{"id", "i2"}}}, "")));
  CHECK(rig.areas().size() == 2);
  const json counts = json::parse(rig.storage.query(CRAWLHUB_QUERY_ENTITY_COUNTS, "{}").text);
  CHECK(counts.at("entities") == json{{"issue", 1}});
  CHECK(rig.plugin.host().problems.at(0).message.find("entities[1].name: expected a string") !=
        std::string::npos);
}
