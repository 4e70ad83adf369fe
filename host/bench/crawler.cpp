#include "host/bench/crawler.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include <crawlhub/abi/errors.h>
#include <crawlhub/client/stamp.hpp>

#include "host/bench/progress_messages.hpp"

namespace crawlhub::bench {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostJobsAnAnswer = 1000;

std::string message(std::string_view type, std::string_view data) {
  std::string text = R"({"type":")";
  text += type;
  text += R"(","timestamp":")" + client::timestamp_now() + R"(","data":)";
  return text.append(data) + "}";
}

Status network_failed(std::string why) {
  return {CRAWLHUB_E_NETWORK_FAILED, std::move(why)};
}

// The jobs of a job_response; null where the line is another message.
Json jobs_of(std::string_view line) {
  const Json answer = Json::parse(line, nullptr, false);
  if (!answer.is_object() || answer.value("type", "") != "job_response") return nullptr;
  return answer.value("data", Json::object()).value("jobs", Json::array());
}

}  // namespace

Result<Crawler> Crawler::connect(const client::Address& address, const std::string& id) {
  auto socket = client::connect_socket(address, kPatience);
  if (!socket) return network_failed(socket.error());
  Crawler crawler{client::Connection(std::move(*socket))};
  if (Status status = crawler.hello(id); !status) return status;
  return crawler;
}

Status Crawler::hello(const std::string& id) {
  const Json data = {{"crawlerId", id}, {"type", "crawler"}, {"capabilities", {"acks", "leases", "errors"}}};
  connection_.queue(message("hello", data.dump()) + "\n");
  Json welcome;
  Status status = talk([&](std::string_view line) {
    welcome = Json::parse(line, nullptr, false);
    return true;
  });
  if (!status) return std::move(status).within("waiting for the welcome");
  if (!welcome.is_object() || welcome.value("type", "") != "welcome")
    return network_failed("the hub answered the hello with " + welcome.dump());
  const Json granted = welcome["data"].value("capabilities", Json::array());
  for (const char* needed : {"acks", "leases"}) {
    if (std::find(granted.begin(), granted.end(), needed) == granted.end())
      return network_failed(std::string("the hub grants no ") + needed + "; is handler-jobs loaded?");
  }
  durability_ = welcome["data"].value("durability", "unknown");
  return {};
}

Status Crawler::talk(const std::function<bool(std::string_view)>& on_line) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + kPatience;
  for (bool done = false; !done;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return network_failed("the hub said nothing for 30 s");
    const bool alive = connection_.flush() && connection_.wait(left) &&
                       connection_.receive([&](std::string_view line) { done = done || on_line(line); });
    if (!alive && !done) return network_failed(connection_.error());
  }
  return {};
}

Status Crawler::lease(std::size_t wanted) {
  while (jobs_.size() < wanted) {
    const std::size_t limit = std::min(wanted - jobs_.size(), kMostJobsAnAnswer);
    client::append_stamped(connection_.out(),
                           message("job_request", R"({"limit":)" + std::to_string(limit) + "}"), take_seq());
    Json jobs;
    Status status = talk([&](std::string_view line) { return !(jobs = jobs_of(line)).is_null(); });
    if (!status) return std::move(status).within("waiting for jobs");
    if (jobs.empty())
      return {CRAWLHUB_E_NOT_FOUND,
              "the hub handed out " + std::to_string(jobs_.size()) + " of " + std::to_string(wanted) +
                  " jobs and has no more: does another crawler ask for them, or does max_per_crawler of "
                  "handler-jobs forbid it?"};
    for (const Json& job : jobs) {
      HeldJob& held = jobs_.emplace_back();
      held.id = job.value("id", "");
      held.lease = job.value("lease", std::uint64_t{0});
      held.head = ProgressMessages::head(held.id, held.lease);
    }
  }
  return {};
}

Status Crawler::report_all(std::string_view type, std::string_view data) {
  for (const HeldJob& job : jobs_) {
    std::string text = message(type, data);
    text.insert(1, R"("jobId":")" + job.id + R"(",)");
    client::append_stamped(connection_.out(), text, take_seq(), job.lease);
  }
  std::string refused;
  Status status = talk([&](std::string_view line) {
    const auto ack = client::parse_ack(line);
    if (ack && refused.empty()) refused = ack->rejected;
    return ack && ack->seq >= seq_;
  });
  if (!status) return std::move(status).within("waiting for acks of " + std::string(type));
  if (!refused.empty())
    return {CRAWLHUB_E_WRONG_STATE, "the hub refused " + std::string(type) + ": " + refused};
  return {};
}

}  // namespace crawlhub::bench
