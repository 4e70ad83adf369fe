#include "host/envelope/envelope_parser.hpp"
#include <catch2/catch.hpp>
namespace crawlhub {
TEST_CASE("x") {
 EnvelopeParser p; crawlhub_message m{};
 std::string s = R"({"type":"job_progress","timestamp":"2026-11-26T10:00:00.000Z","jobId":"job_0123456789abcdef","seq":12345,"data":{"stage":"fetching","entityType":"commit","processed":1200,"total":5000,"message":"fetching page 12","currentPage":12,"resumeState":{"lastEntityId":"0123456789abcdef","currentPage":12,"entityType":"commit"}}})";
 s.reserve(s.size()+64);
 bool ok = p.parse(s, m);
 if(!ok) FAIL(p.error().text());
 CHECK(m.member_count==7);
}
}
