#include "host/bench/fleet.hpp"

#include <algorithm>
#include <unordered_set>

#include <crawlhub/abi/errors.h>

#include "host/core/random_id.hpp"

namespace crawlhub::bench {

namespace {

using Json = nlohmann::ordered_json;
using Ids = std::unordered_set<std::string>;

constexpr std::size_t kJobsACommand = 5000;

Status add_account(AdminClient& admin, const std::string& name) {
  // The token opens nothing: no crawler ever uses it.
  return call(admin, "accounts.add",
              {{"name", name},
               {"provider", "gitlab-onprem"},
               {"url", "https://bench.invalid"},
               {"token", "none"}})
      .status();
}

Result<Ids> add_jobs(AdminClient& admin, const std::string& account, std::size_t count) {
  Ids ids;
  for (std::size_t first = 0; first < count; first += kJobsACommand) {
    Json jobs = Json::array();
    for (std::size_t i = first; i < std::min(count, first + kJobsACommand); ++i) {
      jobs.push_back({{"entityType", "issue"},
                      {"entityId", account + "/project-" + std::to_string(i)},
                      {"account", account}});
    }
    const auto added = call(admin, "jobs.add", {{"jobs", std::move(jobs)}});
    if (!added) return added.status();
    for (const Json& job : added->value("jobs", Json::array())) ids.insert(job.value("id", ""));
  }
  return ids;
}

Status check_ours(const Crawler& crawler, const Ids& ids) {
  for (const HeldJob& job : crawler.jobs()) {
    if (!ids.contains(job.id))
      return {CRAWLHUB_E_BAD_ARGUMENT,
              "the hub handed out job " + job.id +
                  ", which is not of this run: bench needs a hub without queued jobs"};
  }
  return {};
}

}  // namespace

Result<Json> call(AdminClient& admin, std::string_view command, const Json& arguments) {
  auto answer = admin.call(command, arguments);
  if (!answer) return std::move(answer).status();
  if (!answer->ok())
    return {CRAWLHUB_E_BAD_ARGUMENT, std::string(command) + ": " + answer->code + ": " + answer->error};
  return std::move(answer->answer);
}

Result<Fleet> Fleet::prepare(const Options& options, AdminClient& admin) {
  const auto address = client::parse_address(options.connect);
  if (!address) return {CRAWLHUB_E_BAD_ARGUMENT, address.error()};
  Fleet fleet;
  fleet.account_ = random_id("bench-");
  if (Status status = add_account(admin, fleet.account_); !status) return status;
  const auto ids = add_jobs(admin, fleet.account_, options.jobs);
  if (!ids) return ids.status();
  for (std::size_t i = 0; i < options.connections; ++i) {
    auto crawler = Crawler::connect(*address, fleet.account_ + "-" + std::to_string(i));
    if (!crawler) return std::move(crawler).status();
    // As even as can be: the first ones take what is left over.
    const std::size_t share = options.jobs / options.connections + (i < options.jobs % options.connections);
    Status status = crawler->lease(share);
    if (status) status = check_ours(*crawler, *ids);
    if (status) status = crawler->report_all("job_started", R"({"entityType":"issue"})");
    if (!status) return status;
    fleet.crawlers_.push_back(*std::move(crawler));
  }
  return fleet;
}

Status Fleet::clear(AdminClient& admin) {
  for (Crawler& crawler : crawlers_) {
    if (Status status = crawler.report_all("job_completed", R"({"success":true,"finalCounts":{}})"); !status)
      return status;
  }
  return call(admin, "accounts.remove", {{"name", account_}}).status();
}

}  // namespace crawlhub::bench
