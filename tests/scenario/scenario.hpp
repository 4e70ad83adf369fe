// What the scenarios have in common: accounts, jobs, and crawlers that say hello.
#pragma once

#include <string>
#include <vector>

#include "tests/support/eventually.hpp"
#include "tests/support/hub.hpp"
#include "tests/support/socket.hpp"

namespace crawlhub::testing {

inline void add_account(Hub& hub, const std::string& name = "acme") {
  hub.admin("accounts.add", {{"name", name},
                             {"provider", "gitlab-onprem"},
                             {"url", "https://gitlab.example"},
                             {"token", "token-of-" + name}});
}

inline std::string add_job(Hub& hub, const std::string& entity, const std::string& type = "project") {
  return hub.admin("jobs.add", {{"entityType", type}, {"entityId", entity}, {"account", "acme"}})["id"];
}

inline nlohmann::json show(Hub& hub, const std::string& id) {
  return hub.admin("jobs.show", {{"id", id}});
}

// Whether the job gets into the state.
inline bool becomes(Hub& hub, const std::string& id, const std::string& state,
                    std::chrono::milliseconds most = std::chrono::seconds(30)) {
  return eventually([&] { return show(hub, id)["status"] == state; }, most);
}

// Copies: what a command answers is gone with its expression.
inline std::vector<nlohmann::json> jobs(Hub& hub,
                                        const nlohmann::json& arguments = nlohmann::json::object()) {
  nlohmann::json whole = arguments;
  whole["limit"] = 1000;
  return hub.admin("jobs.list", whole)["jobs"].get<std::vector<nlohmann::json>>();
}

// The errors that name the job; of that code, where one is given.
inline std::vector<nlohmann::json> errors_of(Hub& hub, const std::string& job, const std::string& code = {}) {
  std::vector<nlohmann::json> found;
  const nlohmann::json all = hub.admin("errors", {{"limit", 1000}})["errors"];
  for (const nlohmann::json& error : all) {
    const bool names = error.contains("jobId") && error["jobId"] == job;
    if (names && (code.empty() || error["code"] == code)) found.push_back(error);
  }
  return found;
}

// A connection that has said hello and was welcomed.
inline Socket join(Hub& hub, const std::string& crawler, std::vector<std::string> capabilities = {},
                   nlohmann::json more = nlohmann::json::object()) {
  Socket socket = Socket::unix_path(hub.socket());
  more["crawlerId"] = crawler;
  more["capabilities"] = std::move(capabilities);
  socket.send_message(message("hello", more));
  if (!socket.receive_type("welcome")) throw std::runtime_error(crawler + " was not welcomed");
  return socket;
}

// The jobs that one request gets.
inline std::vector<nlohmann::json> ask(Socket& crawler) {
  crawler.send_message(message("job_request"));
  const auto response = crawler.receive_type("job_response");
  if (!response) throw std::runtime_error("no answer to job_request");
  return (*response)["data"]["jobs"].get<std::vector<nlohmann::json>>();
}

// Asks until the job is among those handed out, and returns it; null where it never is.
inline nlohmann::json ask_for(Socket& crawler, const std::string& id,
                              std::chrono::milliseconds most = std::chrono::seconds(30)) {
  nlohmann::json found;
  eventually(
      [&] {
        for (nlohmann::json& job : ask(crawler)) {
          if (job["id"] == id) found = std::move(job);
        }
        return !found.is_null();
      },
      most);
  return found;
}

inline nlohmann::json beat(const std::string& status = "idle", int active = 0) {
  return message("heartbeat", {{"activeJobs", active}, {"totalProcessed", 0}, {"systemStatus", status}});
}

// What happens, as the hub tells it to those who follow it.
class Events {
 public:
  Events(Hub& hub, const std::string& prefix) : socket_(Socket::unix_path(hub.admin_socket())) {
    socket_.send_message({{"command", "events"}, {"arguments", {{"prefix", prefix}}}});
    socket_.receive();
  }
  // The data of the next one.
  nlohmann::json next() {
    const auto event = socket_.receive();
    if (!event) throw std::runtime_error("no event came");
    return (*event)["data"];
  }

 private:
  Socket socket_;
};

}  // namespace crawlhub::testing
