#pragma once

#include <memory>
#include <string>
#include <utility>

#include <catch2/catch.hpp>

#include <crawlhub/client/client.hpp>

#include "tests/sdk/client/test_hub.hpp"

namespace crawlhub::client::test {

using namespace std::chrono_literals;

inline Options options_for(const TestHub& hub) {
  Options options;
  options.hub = hub.address();
  options.crawler_id = "crawler-1";
  options.version = "1.2.3";
  options.backoff_first = 1ms;
  options.backoff_most = 20ms;
  options.retry_delay = 1ms;
  options.poll_interval = 5ms;
  return options;
}

inline std::unique_ptr<Client> start(Options options) {
  auto client = Client::start(std::move(options));
  REQUIRE(client);
  return std::move(*client);
}

inline Json job_json(const std::string& id, int lease = 1) {
  return {{"id", id},
          {"entityType", "commit"},
          {"entityId", "group/repo"},
          {"gitlabUrl", "file:///srv"},
          {"accessToken", "t"},
          {"lease", lease},
          {"resumeState", {{"lastEntityId", "abc"}, {"currentPage", 3}, {"entityType", "commit"}}}};
}

inline Job take_job(Client& client) {
  auto next = client.next_job(10s);
  REQUIRE(next);
  return next.job;
}

}  // namespace crawlhub::client::test
