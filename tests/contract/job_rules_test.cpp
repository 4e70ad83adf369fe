// The state table, asked directly: every event on every state, from every kind of sender.
#include <string>

#include <catch2/catch.hpp>

#include <crawlhub/abi/job_rules.h>
#include <crawlhub/testing/storage_contract/state_table.hpp>

using namespace crawlhub;
using namespace crawlhub::testing;

namespace {

constexpr const char* kNames[] = {"",
#define NAME(number, NAME, name) #name,
                                  CRAWLHUB_JOB_STATES(NAME)
#undef NAME
};

std::uint16_t number_of(std::string_view state) {
  for (std::uint16_t i = 1; i < std::size(kNames); ++i) {
    if (kNames[i] == state) return i;
  }
  return 0;
}

// A job in a state, as its holder, now or last, finds it.
crawlhub_job_facts in_state(std::uint16_t state) {
  crawlhub_job_facts facts{};
  facts.state = state;
  facts.former_state = CRAWLHUB_JOB_RUNNING;
  facts.attempts = 1;
  facts.lease = 1;
  facts.sender_was_last = 1;
  switch (state) {
    case CRAWLHUB_JOB_QUEUED:
      facts.lease_end = CRAWLHUB_LEASE_NEVER;
      facts.lease = facts.attempts = facts.sender_was_last = 0;
      break;
    case CRAWLHUB_JOB_CREDENTIAL_EXPIRED:
      facts.lease_end = CRAWLHUB_LEASE_RETURNED;
      break;
    case CRAWLHUB_JOB_FINISHED:
      facts.lease_end = CRAWLHUB_LEASE_COMPLETED;
      break;
    case CRAWLHUB_JOB_FAILED:
      facts.lease_end = CRAWLHUB_LEASE_FAILED;
      break;
    case CRAWLHUB_JOB_CANCELLED:
      facts.lease_end = CRAWLHUB_LEASE_CANCELLED;
      break;
    default:
      facts.lease_end = CRAWLHUB_LEASE_HELD;
      facts.sender_holds = 1;
  }
  return facts;
}

crawlhub_job_event make(std::uint16_t event) {
  crawlhub_job_event body{};
  body.struct_size = sizeof body;
  body.event = event;
  body.max_attempts = 3;
  if (event == CRAWLHUB_EVENT_LEASE_ENDS) body.reason = CRAWLHUB_LEASE_EXPIRED;
  if (event == CRAWLHUB_EVENT_PAUSE) body.flags = CRAWLHUB_KEEP_LEASE;
  return body;
}

crawlhub_job_decision decide(const crawlhub_job_facts& facts, std::uint16_t event) {
  const crawlhub_job_event body = make(event);
  return crawlhub_job_decide(&facts, &body);
}

}  // namespace

TEST_CASE("every cell of the state table is as the protocol writes it") {
  REQUIRE(std::size(kStateRows) == CRAWLHUB_EVENTS);
  for (const StateRow& row : kStateRows) {
    for (std::size_t column = 0; column < std::size(kStateColumns); ++column) {
      const std::uint16_t state = number_of(kStateColumns[column]);
      const std::string cell(row.cells[column]);
      INFO(row.name << " on " << kStateColumns[column]);
      const crawlhub_job_decision d = decide(in_state(state), row.event);
      const std::string seen = d.status == CRAWLHUB_RESULT_REFUSED     ? "refuse"
                               : d.status == CRAWLHUB_RESULT_DUPLICATE ? "dup"
                                                                       : kNames[d.state];
      CHECK(seen == cell);
      if (d.status == CRAWLHUB_RESULT_OK) continue;
      CHECK(d.state == state);
      CHECK((d.status == CRAWLHUB_RESULT_DUPLICATE || (d.code != 0 && std::string(d.text) != "")));
    }
  }
}

TEST_CASE("a report of one who does not hold the job changes nothing, whatever its state") {
  for (std::uint16_t state = 1; state <= CRAWLHUB_JOB_CANCELLED; ++state) {
    crawlhub_job_facts facts = in_state(state);
    facts.sender_holds = facts.sender_was_last = 0;
    for (std::uint16_t event = 1; event <= CRAWLHUB_EVENTS; ++event) {
      if (!crawlhub_job_reported(event)) continue;
      INFO("event " << event << " on " << kNames[state]);
      const crawlhub_job_decision d = decide(facts, event);
      CHECK(d.status == CRAWLHUB_RESULT_REFUSED);
      CHECK(d.state == state);
      CHECK(d.lease_end == facts.lease_end);
      CHECK(d.attempts == facts.attempts);
    }
  }
}

TEST_CASE("a lease that was lost is taken up again with its number and without another attempt") {
  for (const std::uint16_t end : {CRAWLHUB_LEASE_DISCONNECT, CRAWLHUB_LEASE_EXPIRED, CRAWLHUB_LEASE_RESTART,
                                  CRAWLHUB_LEASE_NOT_STARTED}) {
    crawlhub_job_facts facts = in_state(CRAWLHUB_JOB_QUEUED);
    facts.sender_was_last = 1;
    facts.lease = 7;
    facts.attempts = 2;
    facts.lease_end = end;
    for (const std::uint16_t event : {CRAWLHUB_EVENT_STARTED, CRAWLHUB_EVENT_PROGRESS}) {
      const crawlhub_job_decision d = decide(facts, event);
      CHECK(d.status == CRAWLHUB_RESULT_OK);
      CHECK(d.revived == 1);
      CHECK(d.state == CRAWLHUB_JOB_RUNNING);
      CHECK(d.lease_end == CRAWLHUB_LEASE_HELD);
      CHECK(d.attempts == 2);
    }
    CHECK(decide(facts, CRAWLHUB_EVENT_COMPLETED).state == CRAWLHUB_JOB_FINISHED);
    CHECK(decide(facts, CRAWLHUB_EVENT_TOKEN_REQUEST).status == CRAWLHUB_RESULT_REFUSED);
  }
  for (const std::uint16_t end : {CRAWLHUB_LEASE_FAILED, CRAWLHUB_LEASE_CANCELLED, CRAWLHUB_LEASE_RETURNED}) {
    crawlhub_job_facts facts = in_state(CRAWLHUB_JOB_QUEUED);
    facts.sender_was_last = 1;
    facts.lease_end = end;
    CHECK(decide(facts, CRAWLHUB_EVENT_PROGRESS).status == CRAWLHUB_RESULT_REFUSED);
  }
}

TEST_CASE("attempts are given back where the job did not get to work, and only there") {
  const auto attempts = [](std::uint16_t state, std::uint16_t event, std::uint16_t reason) {
    const crawlhub_job_facts facts = in_state(state);
    crawlhub_job_event body = make(event);
    body.reason = reason;
    body.flags = 0;
    return crawlhub_job_decide(&facts, &body).attempts;
  };
  CHECK(attempts(CRAWLHUB_JOB_ASSIGNED, CRAWLHUB_EVENT_LEASE_ENDS, CRAWLHUB_LEASE_DISCONNECT) == 0);
  CHECK(attempts(CRAWLHUB_JOB_RUNNING, CRAWLHUB_EVENT_LEASE_ENDS, CRAWLHUB_LEASE_DISCONNECT) == 1);
  CHECK(attempts(CRAWLHUB_JOB_RUNNING, CRAWLHUB_EVENT_LEASE_ENDS, CRAWLHUB_LEASE_RESTART) == 0);
  CHECK(attempts(CRAWLHUB_JOB_RUNNING, CRAWLHUB_EVENT_LEASE_ENDS, CRAWLHUB_LEASE_RETURNED) == 0);
  CHECK(attempts(CRAWLHUB_JOB_WAITING_CREDENTIAL, CRAWLHUB_EVENT_LEASE_ENDS, CRAWLHUB_LEASE_DISCONNECT) == 0);
  CHECK(attempts(CRAWLHUB_JOB_WAITING_CREDENTIAL, CRAWLHUB_EVENT_TOKEN_EXPIRED, 0) == 0);
  CHECK(attempts(CRAWLHUB_JOB_RUNNING, CRAWLHUB_EVENT_PAUSE, 0) == 0);
  CHECK(attempts(CRAWLHUB_JOB_RUNNING, CRAWLHUB_EVENT_FAILED, 0) == 1);
  CHECK(attempts(CRAWLHUB_JOB_FAILED, CRAWLHUB_EVENT_RETRY, 0) == 0);
}

TEST_CASE("a job whose attempts are spent fails") {
  crawlhub_job_facts facts = in_state(CRAWLHUB_JOB_RUNNING);
  facts.attempts = 3;
  SECTION("at once where its crawler gave it up") {
    const crawlhub_job_decision d = decide(facts, CRAWLHUB_EVENT_FAILED);
    CHECK(d.state == CRAWLHUB_JOB_FAILED);
    CHECK(d.spent == 1);
  }
  SECTION("after its wait where its crawler was lost") {
    const crawlhub_job_decision d = decide(facts, CRAWLHUB_EVENT_LEASE_ENDS);
    CHECK(d.state == CRAWLHUB_JOB_QUEUED);
    CHECK(d.spent == 1);
    facts.state = CRAWLHUB_JOB_QUEUED;
    CHECK(crawlhub_job_give_up(&facts, 3).state == CRAWLHUB_JOB_FAILED);
    CHECK(crawlhub_job_give_up(&facts, 4).state == CRAWLHUB_JOB_QUEUED);
  }
  SECTION("never where there is no bound") {
    crawlhub_job_event body = make(CRAWLHUB_EVENT_FAILED);
    body.max_attempts = 0;
    CHECK(crawlhub_job_decide(&facts, &body).state == CRAWLHUB_JOB_QUEUED);
  }
}

TEST_CASE("the backoff grows, is bounded, and differs from job to job") {
  const auto wait = [](std::uint32_t attempts, std::string_view id) {
    return crawlhub_job_backoff(10'000, 2, 60'000, attempts, str(id));
  };
  for (std::uint32_t attempts = 1; attempts <= 10; ++attempts) {
    const double wanted = std::min(60'000.0, 10'000.0 * (1 << (attempts - 1)));
    CHECK(wait(attempts, "job") >= static_cast<std::int64_t>(0.89 * wanted));
    CHECK(wait(attempts, "job") <= std::min<std::int64_t>(60'000, static_cast<std::int64_t>(1.11 * wanted)));
    CHECK(wait(attempts, "job") == wait(attempts, "job"));
  }
  CHECK(wait(1, "job-a") != wait(1, "job-b"));
  CHECK(crawlhub_job_backoff(10, 1e9, 0, 60, str("job")) > 0);
  CHECK(crawlhub_job_backoff(0, 2, 0, 3, str("job")) == 0);
}
