#include "host/errors/notice_policy.hpp"

#include <catch2/catch.hpp>

using namespace crawlhub;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;

struct Clocked {
  Clocked() {
    options.threshold = 2;
    options.window = 10min;
    options.cooldown = 1min;
  }
  std::vector<ErrorNotice> error(std::int64_t at, std::int32_t code = CRAWLHUB_E_INTERNAL,
                                 std::int32_t severity = CRAWLHUB_SEVERITY_CRITICAL,
                                 std::int32_t category = CRAWLHUB_CATEGORY_INTERNAL) {
    ErrorRecord record;
    record.code = code;
    record.severity = severity;
    record.category = category;
    record.time_ns = at;
    policy().add(record, at);
    return at_time(at);
  }
  std::vector<ErrorNotice> at_time(std::int64_t at) {
    std::vector<ErrorNotice> notices;
    policy().collect(at, notices);
    return notices;
  }
  NoticePolicy& policy() {
    if (!policy_) policy_.emplace(options);
    return *policy_;
  }

  ErrorManager::Options options;

 private:
  std::optional<NoticePolicy> policy_;
};

}  // namespace

TEST_CASE("errors too far apart never pass the threshold") {
  Clocked clocked;
  CHECK(clocked.error(1 * kMinute).empty());
  CHECK(clocked.error(12 * kMinute).empty());
  CHECK(clocked.error(23 * kMinute).empty());
  CHECK(clocked.error(24 * kMinute).size() == 1);
}

TEST_CASE("within a cool-down errors are gathered for one notice at its end") {
  Clocked clocked;
  clocked.error(kMinute);
  REQUIRE(clocked.error(kMinute + 1).size() == 1);
  for (int i = 2; i < 30; ++i) CHECK(clocked.error(kMinute + i * kSecond).empty());
  CHECK(clocked.policy().next_due() == 2 * kMinute + 1);
  const auto notices = clocked.at_time(2 * kMinute + 1);
  REQUIRE(notices.size() == 1);
  CHECK(notices[0].count == 28);
  CHECK_FALSE(notices[0].recovered);
}

TEST_CASE("it is over when no error came for a cool-down, and then it begins anew") {
  Clocked clocked;
  clocked.error(kMinute);
  clocked.error(kMinute + 1);
  const auto notices = clocked.at_time(2 * kMinute + 1);
  REQUIRE(notices.size() == 1);
  CHECK(notices[0].recovered);
  CHECK(notices[0].first_ns == kMinute);
  CHECK_FALSE(clocked.policy().next_due().has_value());
  CHECK(clocked.at_time(20 * kMinute).empty());
  CHECK(clocked.error(21 * kMinute).empty());
}

TEST_CASE("codes that were below the threshold are told with the one that passes it, each for itself") {
  Clocked clocked;
  CHECK(clocked.error(kMinute, CRAWLHUB_E_INTERNAL).empty());
  CHECK(clocked.error(kMinute + 1, CRAWLHUB_E_STORAGE_FAILED).size() == 2);
}

TEST_CASE("what is not severe is told to nobody, but refused authentication of severity high is") {
  Clocked clocked;
  clocked.options.threshold = 1;
  CHECK(clocked.error(kMinute, CRAWLHUB_E_STORAGE_FAILED, CRAWLHUB_SEVERITY_HIGH, CRAWLHUB_CATEGORY_DATABASE)
            .empty());
  CHECK(clocked
            .error(kMinute, CRAWLHUB_E_NOT_AUTHENTICATED, CRAWLHUB_SEVERITY_HIGH,
                   CRAWLHUB_CATEGORY_AUTHENTICATION)
            .size() == 1);
}
