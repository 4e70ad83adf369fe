#include "host/net/inflight.hpp"

#include <catch2/catch.hpp>

#include <crawlhub/abi/errors.h>

using namespace crawlhub;

TEST_CASE("an ack names the newest message up to which all are done, whatever order they end in") {
  Inflight inflight;
  const Ticket one = inflight.add(1), two = inflight.add(2), three = inflight.add(3);
  std::vector<Inflight::Rejected> rejected;
  inflight.finish(two, {});
  CHECK_FALSE(inflight.due());
  inflight.finish(one, {});
  REQUIRE(inflight.due());
  CHECK(inflight.take(rejected) == 2);
  CHECK_FALSE(inflight.due());
  inflight.finish(three, {});
  CHECK(inflight.take(rejected) == 3);
  CHECK(rejected.empty());
}

TEST_CASE("refused messages are listed once, in the ack that covers them") {
  Inflight inflight;
  const Ticket one = inflight.add(1), two = inflight.add(2);
  inflight.finish(two, {CRAWLHUB_E_UNKNOWN_JOB, "no such job"});
  inflight.finish(one, {});
  std::vector<Inflight::Rejected> rejected;
  CHECK(inflight.take(rejected) == 2);
  REQUIRE(rejected.size() == 1);
  CHECK(rejected[0].seq == 2);
  CHECK(rejected[0].text == "no such job");
  inflight.finish(inflight.add(3), {});
  CHECK(inflight.take(rejected) == 3);
  CHECK(rejected.empty());
}

TEST_CASE("missing numbers are listed as unreadable") {
  Inflight inflight;
  inflight.finish(inflight.add(1), {});
  CHECK(inflight.expected() == 2);
  inflight.finish(inflight.add(4), {});
  std::vector<Inflight::Rejected> rejected;
  CHECK(inflight.take(rejected) == 4);
  REQUIRE(rejected.size() == 2);
  CHECK(rejected[0].seq == 2);
  CHECK(rejected[1].seq == 3);
  CHECK(rejected[0].code == CRAWLHUB_E_UNREADABLE);
  CHECK(inflight.expected() == 5);
}

TEST_CASE("an ack is asked for before it would list too many") {
  Inflight inflight;
  for (std::uint64_t seq = 1; seq <= Inflight::kMostRejected; ++seq)
    inflight.finish(inflight.add(seq), {CRAWLHUB_E_JOB_ENDED, "ended"});
  CHECK(inflight.full());
}
