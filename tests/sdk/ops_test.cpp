#include <cstring>
#include <string>

#include <catch2/catch.hpp>

#include <crawlhub/json_index.hpp>
#include <crawlhub/ops.hpp>

namespace crawlhub {
namespace {

TEST_CASE("operations read back as they were built, however often the memory moved") {
  OpBuilder builder;
  for (int i = 0; i < 1000; ++i) {
    const std::string number = std::to_string(i);
    auto event = builder.add<crawlhub_job_event>(CRAWLHUB_OP_JOB_EVENT, CRAWLHUB_OP_MERGE, "job-" + number);
    event->lease = static_cast<std::uint64_t>(i);
    event.text(&crawlhub_job_event::stage, "stage " + number).text(&crawlhub_job_event::error, "");
    event->event = CRAWLHUB_EVENT_PROGRESS;
  }
  const auto ops = builder.ops();
  REQUIRE(ops.size() == 1000);
  for (std::size_t i = 0; i < ops.size(); ++i) {
    const Body<crawlhub_job_event> body(ops[i]);
    REQUIRE(reinterpret_cast<std::uintptr_t>(ops[i].body) % 8 == 0);
    REQUIRE(view(ops[i].key) == "job-" + std::to_string(i));
    REQUIRE(ops[i].flags == CRAWLHUB_OP_MERGE);
    REQUIRE(body->lease == i);
    REQUIRE(body->event == CRAWLHUB_EVENT_PROGRESS);
    REQUIRE(body.text(&crawlhub_job_event::stage) == "stage " + std::to_string(i));
    REQUIRE(body.text(&crawlhub_job_event::error).empty());
  }
}

TEST_CASE("an older operation may still grow") {
  OpBuilder builder;
  auto first = builder.add<crawlhub_account_put>(CRAWLHUB_OP_ACCOUNT_PUT, 0, "first");
  first.text(&crawlhub_account_put::provider, "gitlab");
  auto second = builder.add<crawlhub_account_put>(CRAWLHUB_OP_ACCOUNT_PUT, 0, "second");
  second.text(&crawlhub_account_put::url, "https://b");
  first.text(&crawlhub_account_put::url, "https://a");
  second.text(&crawlhub_account_put::provider, "other");

  const auto ops = builder.ops();
  const Body<crawlhub_account_put> one(ops[0]), two(ops[1]);
  CHECK(one.text(&crawlhub_account_put::provider) == "gitlab");
  CHECK(one.text(&crawlhub_account_put::url) == "https://a");
  CHECK(two.text(&crawlhub_account_put::url) == "https://b");
  CHECK(two.text(&crawlhub_account_put::provider) == "other");
}

TEST_CASE("members of a message go straight into a body") {
  JsonIndex json(R"({"stage":"fet\u0063hing","resumeState":{"currentPage":2},"number":1})");
  OpBuilder builder;
  auto event = builder.add<crawlhub_job_event>(CRAWLHUB_OP_JOB_EVENT, 0, "j");
  event.text(&crawlhub_job_event::stage, json.find("stage"));
  event.text(&crawlhub_job_event::message, json.find("number"));
  event.json(&crawlhub_job_event::resume_state, json.find("resumeState"));
  const Body<crawlhub_job_event> body(builder.ops()[0]);
  CHECK(body.text(&crawlhub_job_event::stage) == "fetching");
  CHECK(body.text(&crawlhub_job_event::message).empty());
  CHECK(body.text(&crawlhub_job_event::resume_state) == R"({"currentPage":2})");
}

TEST_CASE("a cleared builder begins anew, and an operation may have no body") {
  OpBuilder builder;
  builder.add<crawlhub_job_add>(CRAWLHUB_OP_JOB_ADD, 0, "x");
  builder.clear();
  CHECK(builder.ops().empty());
  builder.add(CRAWLHUB_OP_ACCOUNT_REMOVE, 0, "gone");
  const auto ops = builder.ops();
  REQUIRE(ops.size() == 1);
  CHECK(ops[0].body == nullptr);
  CHECK(ops[0].body_size == 0);
  CHECK(view(ops[0].key) == "gone");
}

TEST_CASE("a body from an older or a broken sender is read without harm") {
  crawlhub_job_claim claim{};
  claim.struct_size = offsetof(crawlhub_job_claim, now_ns);  // an older header that ended there
  claim.limit = 5;
  claim.now_ns = 77;
  const Body<crawlhub_job_claim> older(&claim, claim.struct_size);
  CHECK(older.valid());
  CHECK(older->limit == 5);
  CHECK(older->now_ns == 0);

  claim.struct_size = sizeof claim;
  claim.hub = {8, 4000000000u};
  const Body<crawlhub_job_claim> outside(&claim, sizeof claim);
  CHECK(outside.text(&crawlhub_job_claim::hub).empty());

  const Body<crawlhub_job_claim> longer(&claim, sizeof claim - 8);  // claims more than there is
  CHECK_FALSE(longer.valid());
  CHECK(longer->limit == 0);
  const Body<crawlhub_job_claim> none(nullptr, 0);
  CHECK_FALSE(none.valid());
  CHECK(none->limit == 0);
}

}  // namespace
}  // namespace crawlhub
