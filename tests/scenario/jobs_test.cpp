#include <catch2/catch.hpp>

#include "tests/support/eventually.hpp"
#include "tests/support/hub.hpp"
#include "tests/support/socket.hpp"

using namespace crawlhub::testing;
using nlohmann::json;

namespace {

std::string add_job(Hub& hub, const std::string& type = "project", const std::string& entity = "group/repo") {
  return hub.admin("jobs.add", {{"entityType", type}, {"entityId", entity}, {"account", "acme"}})["id"];
}

void add_account(Hub& hub) {
  hub.admin("accounts.add", {{"name", "acme"},
                             {"provider", "gitlab-onprem"},
                             {"url", "https://gitlab.example"},
                             {"token", "secret-1"}});
}

json show(Hub& hub, const std::string& id) {
  return hub.admin("jobs.show", {{"id", id}});
}

}  // namespace

TEST_CASE("a job goes from the operator to a crawler and back, finished with its counts") {
  Hub hub;
  hub.start();
  add_account(hub);
  const std::string id = add_job(hub);
  Socket crawler = Socket::unix_path(hub.socket());
  crawler.send_message(message("job_request"));
  const auto response = crawler.receive();
  REQUIRE(response);
  REQUIRE((*response)["data"]["jobs"].size() == 1);
  const json& job = (*response)["data"]["jobs"][0];
  CHECK(job["id"] == id);
  CHECK(job["entityId"] == "group/repo");
  CHECK(job["gitlabUrl"] == "https://gitlab.example/api/graphql");
  CHECK(job["accessToken"] == "secret-1");
  crawler.send_message(message("job_started", json::object(), id));
  crawler.send_message(message("job_progress",
                               {{"stage", "fetching"},
                                {"entityType", "project"},
                                {"processed", 3},
                                {"total", 10},
                                {"resumeState", {{"currentPage", 2}}}},
                               id));
  CHECK(eventually([&] { return show(hub, id)["resumeState"] == json({{"currentPage", 2}}); }));
  CHECK(show(hub, id)["status"] == "running");
  crawler.send_message(message("job_completed", {{"success", true}, {"finalCounts", {{"project", 10}}}}, id));
  CHECK(eventually([&] { return show(hub, id)["status"] == "finished"; }));
  CHECK(show(hub, id)["resumeState"].is_null());
  CHECK(hub.stop() == 0);
}

TEST_CASE("the token stands in no log and in no file of the hub in clear") {
  Hub hub;
  hub.start();
  add_account(hub);
  CHECK(hub.admin("accounts.list").dump().find("secret-1") == std::string::npos);
  CHECK(hub.stop() == 0);
  CHECK(hub.log().find("secret-1") == std::string::npos);
  for (const auto& file : std::filesystem::recursive_directory_iterator(hub.directory().path())) {
    if (file.is_regular_file()) CHECK(read_file(file.path()).find("secret-1") == std::string::npos);
  }
}
