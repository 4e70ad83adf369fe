// handler-jobs with a real storage behind it, and an account to work for.
#pragma once

#include <catch2/catch.hpp>

#include "tests/plugins/support/stored.hpp"

namespace crawlhub::test {

constexpr std::int64_t kSecond = 1'000'000'000;

class Rig {
 public:
  explicit Rig(const json& config = json::object()) {
    storage.serve(plugin);
    plugin.host().state_directory = directory.path();
    const bool started = plugin.start(config.dump());
    for (const auto& line : plugin.host().logs) UNSCOPED_INFO(line.text);
    REQUIRE(started);
    run("accounts.add", {{"name", "acme"},
                         {"provider", "gitlab-onprem"},
                         {"url", "https://git.acme.org"},
                         {"token", "secret-1"}});
  }

  json run(const std::string& command, const json& arguments) {
    const auto result = plugin.command(command, arguments.dump());
    INFO(result.text);
    REQUIRE(ok(result.outcome));
    return json::parse(result.text);
  }
  std::string refusal(const std::string& command, const json& arguments) {
    const auto result = plugin.command(command, arguments.dump());
    CHECK(result.outcome == Outcome::kRefused);
    return result.text;
  }
  std::string add_job(const std::string& entity_id = "group/project", const json& more = json::object()) {
    json job = {{"entityType", "project"}, {"entityId", entity_id}, {"account", "acme"}};
    job.update(more);
    return run("jobs.add", job).at("id");
  }
  std::string status(const std::string& job) { return storage.job(job).at("status"); }
  // Of the newest event of that name.
  json event(const std::string& name) {
    for (auto at = plugin.host().events.rbegin(); at != plugin.host().events.rend(); ++at) {
      if (at->name == name) return json::parse(at->json);
    }
    return nullptr;
  }
  void pass(std::int64_t seconds) {
    plugin.host().now_ns += seconds * kSecond;
    plugin.host().monotonic_ns += seconds * kSecond;
  }

  TemporaryDirectory directory;
  Storage storage;
  PluginHarness plugin{PLUGIN_FILE};
};

inline json request_jobs(Crawler crawler, const std::string& data = "{}") {
  const Exchange& exchange = crawler.send(R"({"type":"job_request","data":)" + data + "}");
  REQUIRE(ok(exchange.outcome));
  REQUIRE(exchange.replies.size() == 1);
  CHECK(exchange.replies[0].type == "job_response");
  return json::parse(exchange.replies[0].data).at("jobs");
}

inline const Exchange& send(Crawler crawler, const std::string& type, const std::string& job,
                            const json& data) {
  return crawler.send(json{{"type", type}, {"jobId", job}, {"data", data}}.dump());
}

inline const Exchange& progress(Crawler crawler, const std::string& job, int processed = 1) {
  return send(crawler, "job_progress", job,
              {{"stage", "fetching"}, {"entityType", "project"}, {"processed", processed}});
}

}  // namespace crawlhub::test
