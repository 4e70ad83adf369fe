// The commands on jobs and accounts.
#include "tests/plugins/handler-jobs/rig.hpp"

using namespace crawlhub;
using namespace crawlhub::test;

TEST_CASE("jobs are listed newest first and page by page, and shown") {
  Rig rig;
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(rig.add_job("p" + std::to_string(i), {{"priority", i}}));
    rig.pass(1);
  }
  const json page = rig.run("jobs.list", {{"limit", 2}, {"status", "queued"}});
  REQUIRE(page.at("jobs").size() == 2);
  CHECK(page.at("jobs").at(0).at("id") == ids[4]);
  const json next = rig.run("jobs.list", {{"limit", 10}, {"after", page.at("next")}});
  CHECK(next.at("jobs").size() == 3);
  CHECK(next.at("next") == nullptr);
  const json job = rig.run("jobs.show", {{"id", ids[1]}});
  CHECK(job.at("entityId") == "p1");
  CHECK(job.at("priority") == 1);
  CHECK(rig.refusal("jobs.show", {{"id", "nothing"}}) == "there is no job nothing");
}

TEST_CASE("a used unique key answers the old job") {
  Rig rig;
  const std::string id = rig.add_job("a", {{"uniqueKey", "k"}});
  CHECK(rig.run("jobs.add",
                {{"entityType", "project"}, {"entityId", "a"}, {"account", "acme"}, {"uniqueKey", "k"}}) ==
        json{{"id", id}, {"existed", true}});
}

TEST_CASE("many jobs come from a file of JSON lines or from a list; one that is wrong stops them all") {
  Rig rig;
  const std::string lines = R"({"entityType":"group","entityId":"a","account":"acme"}

{"entityType":"group","entityId":"b","account":"acme","uniqueKey":"k"}
{"entityType":"group","entityId":"b","account":"acme","uniqueKey":"k"})";
  const json added = rig.run("jobs.add", {{"file", lines}});
  CHECK(added.at("added") == 2);
  CHECK(added.at("existed") == 1);
  CHECK(added.at("jobs").size() == 3);
  CHECK(rig.refusal("jobs.add", {{"file", lines + "\n{\"entityType\":5}"}}) ==
        "line 5: entityType: expected a string, got a number");
  CHECK(rig.refusal("jobs.add", {{"file", "{\"entityType\":\"x\",\n"}}) == "line 1: expected a JSON object");
  CHECK(rig.refusal("jobs.add", {{"jobs", {{{"entityType", "group"}, {"account", "acme"}}}}}) ==
        "jobs[0].entityId: expected the path of the group, but it is missing");
  CHECK(json::parse(rig.plugin.command("jobs.list").text).at("jobs").size() == 2);
}

TEST_CASE("arguments that cannot be used are named") {
  Rig rig;
  const json job = {{"entityType", "project"}, {"entityId", "a"}, {"account", "acme"}};
  const auto with = [&](const std::string& key, const json& value) {
    json changed = job;
    changed[key] = value;
    return rig.refusal("jobs.add", changed);
  };
  CHECK(with("runAt", "tomorrow") ==
        R"(runAt: expected a time such as 2025-01-31T12:00:00Z, got "tomorrow")");
  CHECK(with("priority", 1.5) == "priority: expected a whole number of 32 bits, got 1.5");
  CHECK(with("colour", "red") == "colour: a job has no such field; see crawlhub jobs add --help");
  CHECK(with("account", nullptr) == "account: expected the name of an account, but it is missing");
}

TEST_CASE("a job with a time is not handed out before it") {
  Rig rig;
  rig.add_job("a", {{"runAt", "2023-11-14T22:14:20Z"}});  // a minute from the fake host's now
  Crawler crawler = rig.plugin.connect();
  CHECK(request_jobs(crawler).empty());
  rig.pass(61);
  CHECK(request_jobs(crawler).size() == 1);
}

TEST_CASE("retry queues what failed or was cancelled, with all its attempts") {
  Rig rig;
  const std::string id = rig.add_job();
  CHECK(rig.run("jobs.cancel", {{"id", id}}).at("status") == "cancelled");
  CHECK(rig.refusal("jobs.cancel", {{"id", id}}) == "job " + id + ": the job has ended");
  CHECK(rig.run("jobs.retry", {{"id", id}}).at("status") == "queued");
  CHECK(rig.event("job.state_changed").at("reason") == "by an operator");
  Crawler crawler = rig.plugin.connect();
  REQUIRE(request_jobs(crawler).size() == 1);
  CHECK(rig.refusal("jobs.retry", {{"id", id}}).starts_with("job " + id + ": "));
  CHECK(rig.plugin.command("jobs.retry", R"({"id":"nothing"})").code == CRAWLHUB_E_UNKNOWN_JOB);
}

TEST_CASE("queue_limit refuses what would pass it") {
  Rig rig(json{{"queue_limit", 1}});
  rig.add_job("a");
  CHECK(rig.refusal("jobs.add", {{"entityType", "project"}, {"entityId", "b"}, {"account", "acme"}}) ==
        "the queue holds 1 jobs and queue_limit is 1; wait, or raise it");
}

TEST_CASE("accounts: a new one needs a provider and a URL, a known one takes what is given") {
  Rig rig;
  CHECK(rig.refusal("accounts.add", {{"name", "x"}}) == "account x is new: it needs a provider and a url");
  CHECK(rig.refusal("accounts.add", {{"name", "x"}, {"provider", "p"}, {"url", "ftp://x"}}) ==
        "url: expected https://, http://, ssh://, git:// or file://, got ftp://x");
  CHECK(rig.refusal("accounts.add",
                    {{"name", "x"}, {"provider", "p"}, {"url", "https://x"}, {"token", "a b"}}) ==
        "token: expected one word");
  CHECK(rig.run("accounts.add", {{"name", "repos"}, {"provider", "git"}, {"url", "file:///srv/git"}})
            .at("name") == "repos");
  CHECK(rig.run("accounts.remove", {{"name", "repos"}}).is_object());
  CHECK(rig.run("accounts.add", {{"name", "acme"}, {"url", "https://new.org"}}).at("existed") == true);
  const json account = rig.run("accounts.list", json::object()).at("accounts").at(0);
  CHECK(account.at("provider") == "gitlab-onprem");
  CHECK(account.at("url") == "https://new.org");
  CHECK(account.at("hasToken") == true);
  rig.run("accounts.remove", {{"name", "acme"}});
  CHECK(rig.run("accounts.list", json::object()).at("accounts").empty());
  CHECK(rig.plugin.command("accounts.remove", R"({"name":"acme"})").code == CRAWLHUB_E_UNKNOWN_ACCOUNT);
}

TEST_CASE("status and metrics count jobs by state") {
  Rig rig;
  rig.add_job("a");
  rig.add_job("b");
  Crawler crawler = rig.plugin.connect(CRAWLHUB_CONNECTION_HELLO, "one");
  REQUIRE(request_jobs(crawler, R"({"limit":1})").size() == 1);
  const json status = json::parse(rig.plugin.section("jobs"));
  CHECK(status.at("queued") == 1);
  CHECK(status.at("assigned") == 1);
  const std::string metrics = rig.plugin.section("job_metrics", CRAWLHUB_SECTION_METRICS);
  CHECK(metrics.find("crawlhub_jobs\tgauge\tJobs by state\t{state=\"queued\"}\t1\n") != std::string::npos);
  CHECK(metrics.find("crawlhub_job_leases\tgauge\tJobs held by connections of this hub\t\t1\n") !=
        std::string::npos);
}
