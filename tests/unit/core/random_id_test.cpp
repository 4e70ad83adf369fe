#include "host/core/random_id.hpp"

#include <set>

#include <catch2/catch.hpp>

TEST_CASE("ids are url-safe, of the length asked for, and do not repeat") {
  std::set<std::string> seen;
  std::set<char> letters;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = crawlhub::random_id("job_");
    REQUIRE(id.size() == 20);
    CHECK(id.starts_with("job_"));
    letters.insert(id.begin(), id.end());
    seen.insert(id);
  }
  CHECK(seen.size() == 1000);
  CHECK(letters.size() == 64);
  for (const char c : letters) CHECK((std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-'));
  CHECK(crawlhub::random_id("", 300).size() == 300);
}
