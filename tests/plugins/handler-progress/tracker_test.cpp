#include "plugins/handler-progress/tracker.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace crawlhub;
using namespace crawlhub::progress;
using nlohmann::json;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kStart = 1'700'000'000 * kSecond;

Update update(std::string_view type, double processed, double total = -1) {
  Update out;
  out.stage = "fetching";
  out.entity_type = type;
  out.processed = processed;
  out.given = Update::kProcessed;
  if (total >= 0) {
    out.total = total;
    out.given |= Update::kTotal;
  }
  return out;
}

json shown(const Tracker& tracker, std::int64_t now) {
  JsonText text;
  text.begin_object();
  write_progress(text, tracker, now);
  return json::parse(text.end_object().view());
}

std::vector<std::string> names(const Tracker& tracker) {
  std::vector<std::string> out;
  for (const Milestone& milestone : tracker.milestones()) out.emplace_back(milestone.name);
  return out;
}

}  // namespace

TEST_CASE("a job's progress has the web application's shape") {
  Tracker tracker;
  tracker.start(kStart);
  Update report = update("issue", 30, 120);
  report.message = "page 3";
  report.page = 3;
  report.given |= Update::kPage;
  report.item_counts = R"({"issue":30,"note":4})";
  tracker.update(report, kStart + 10 * kSecond);
  CHECK(shown(tracker, kStart + 10 * kSecond) == json::parse(R"({
    "state": "processing", "overall_completion": 0.25, "time_elapsed": 10000, "processing_rate": 0,
    "last_update": "2023-11-14T22:13:30.000Z", "stage": "fetching", "message": "page 3",
    "item_counts": {"issue": 30, "note": 4},
    "entities": [{"entity_type": "issue", "status": "active", "total_discovered": 120, "total_processed": 30,
      "completion_percentage": 25, "current_page": 3, "error_count": 0, "retry_count": 0,
      "started_at": "2023-11-14T22:13:30.000Z", "last_processed_at": "2023-11-14T22:13:30.000Z"}],
    "milestones": [{"name": "Job Started", "timestamp": "2023-11-14T22:13:20.000Z", "progress_at_milestone": 0},
      {"name": "Progress: 25%", "timestamp": "2023-11-14T22:13:30.000Z", "progress_at_milestone": 0.25}]})"));
}

TEST_CASE("completion is over all entity types, and a count past its total raises it") {
  Tracker tracker;
  tracker.update(update("issue", 10, 10), kStart);
  tracker.update(update("commit", 0, 30), kStart);
  CHECK(tracker.completion() == 0.25);
  tracker.update(update("commit", 60), kStart);
  CHECK(tracker.discovered_total() == 70);
  CHECK(tracker.completion() == 1);
}

TEST_CASE("without a total nothing is known of completion and end") {
  Tracker tracker;
  for (int i = 0; i <= 10; ++i) tracker.update(update("issue", i * 10), kStart + i * kSecond);
  CHECK(tracker.completion() == 0);
  CHECK(tracker.remaining(kStart + 10 * kSecond) < 0);
  CHECK(tracker.rate(kStart + 10 * kSecond) == Approx(10));
}

TEST_CASE("the rate follows the work, and fades when nothing comes") {
  Tracker tracker;
  std::int64_t now = kStart;
  double done = 0;
  for (int i = 0; i < 600; ++i, now += kSecond / 10) tracker.update(update("issue", done += 1, 100'000), now);
  CHECK(tracker.rate(now) == Approx(10).epsilon(0.01));
  for (int i = 0; i < 3000; ++i, now += kSecond / 10)
    tracker.update(update("issue", done += 5, 100'000), now);
  CHECK(tracker.rate(now) == Approx(50).epsilon(0.02));
  CHECK(tracker.rate(now + 40 * kSecond) == Approx(25).epsilon(0.05));
  CHECK(tracker.remaining(now) == Approx((100'000 - done) / 50).epsilon(0.05));
}

TEST_CASE("while more is found than done there is no estimate but the crawler's") {
  Tracker tracker;
  std::int64_t now = kStart;
  for (int i = 0; i < 100; ++i, now += kSecond) tracker.update(update("issue", i * 10, 1000 + i * 20), now);
  CHECK(tracker.remaining(now) < 0);
  CHECK_FALSE(shown(tracker, now).contains("estimated_time_remaining"));
  Update told = update("issue", 1000, 3000);
  told.remaining = 77;
  told.given |= Update::kRemaining;
  tracker.update(told, now);
  CHECK(tracker.remaining(now) == 77);
  for (int i = 0; i < 300; ++i, now += kSecond) tracker.update(update("issue", 1000 + i * 5, 3000), now);
  CHECK(tracker.remaining(now) == Approx(500 / 5).epsilon(0.2));
}

TEST_CASE("milestones are reached once each, in their order") {
  Tracker tracker;
  CHECK(tracker.start(kStart) == 1);
  CHECK(tracker.start(kStart) == 0);
  CHECK(tracker.update(update("issue", 60, 100), kStart) == 2);
  CHECK(tracker.update(update("issue", 60, 400), kStart) == 0);
  CHECK(tracker.update(update("issue", 240, 400), kStart) == 0);
  CHECK(tracker.discovered(kStart) == 1);
  CHECK(tracker.discovered(kStart) == 0);
  CHECK(tracker.update(update("issue", 400, 400), kStart) == 2);
  CHECK(tracker.complete("{}", kStart) == 1);
  CHECK(names(tracker) == std::vector<std::string>{"Job Started", "Progress: 25%", "Progress: 50%",
                                                   "Discovery Completed", "Progress: 75%", "Progress: 90%",
                                                   "Job Completed"});
}

TEST_CASE("an end stops the clock; a job that comes again starts it anew") {
  Tracker tracker;
  tracker.update(update("issue", 5, 10), kStart);
  SECTION("completed") {
    tracker.complete(R"({"issue":10})", kStart + 2 * kSecond);
    const json progress = shown(tracker, kStart + 100 * kSecond);
    CHECK(progress.at("state") == "completed");
    CHECK(progress.at("overall_completion") == 1);
    CHECK(progress.at("time_elapsed") == 2000);
    CHECK(progress.at("processing_rate") == 0);
    CHECK(progress.at("item_counts") == json{{"issue", 10}});
    CHECK(progress.at("entities").at(0).at("status") == "completed");
  }
  SECTION("failed for good") {
    tracker.fail(false, "", kStart + kSecond);
    CHECK(tracker.state() == State::kFailed);
    CHECK(names(tracker).back() == "Job Failed");
    CHECK(tracker.discovered(kStart + kSecond) == 1);  // named by mistake: the job stays ended
    CHECK(tracker.state() == State::kFailed);
  }
  SECTION("failed, to be tried again") {
    tracker.fail(true, "", kStart + kSecond);
    CHECK(tracker.state() == State::kInitializing);
    CHECK(tracker.entities().at(0).retries == 1);
    tracker.update(update("issue", 6, 10), kStart + 2 * kSecond);
    CHECK(tracker.state() == State::kProcessing);
    CHECK(tracker.ended_ns() == 0);
  }
}

TEST_CASE("the older dialect's entities are taken one by one") {
  Tracker tracker;
  Update report = update("issues", 15, 40);
  report.entities = R"([{"entity_type":"issues","total_discovered":10,"total_processed":10,"current_page":2},
    {"entity_type":"commits","total_discovered":30,"total_processed":5,"sub_collection":"notes"}])";
  tracker.update(report, kStart);
  REQUIRE(tracker.entities().size() == 2);
  CHECK(tracker.completion() == 15.0 / 40);
  CHECK(tracker.entities().at(1).sub_collection == "notes");
}

TEST_CASE("restored progress fills what no report has filled since") {
  Tracker tracker;
  tracker.update(update("issue", 7, 10), kStart);
  tracker.restore(R"({"entities":[{"entity_type":"issue","total_discovered":10,"total_processed":3},
    {"entity_type":"commit","total_discovered":10,"total_processed":10,"status":"completed"}],"item_counts":{"commit":10}})",
                  kStart - 60 * kSecond);
  CHECK(tracker.processed() == 17);
  CHECK(tracker.started_ns() == kStart - 60 * kSecond);
  CHECK(shown(tracker, kStart).at("item_counts") == json{{"commit", 10}});
  CHECK(tracker.update(update("issue", 8, 10), kStart) ==
        1);  // 90 %; what lies below was reached before the start
}
