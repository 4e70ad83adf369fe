#include "host/errors/catalogue.hpp"

#include <set>

#include <catch2/catch.hpp>

#include <crawlhub/abi/errors.h>

using namespace crawlhub;

TEST_CASE("a code leads to its entry, any other number to the internal error") {
  const CatalogueEntry& entry = catalogue_entry(CRAWLHUB_E_STALE_LEASE);
  CHECK(entry.wire == "stale_lease");
  CHECK(entry.name == "STALE_LEASE");
  CHECK(entry.category == CRAWLHUB_CATEGORY_JOB);
  CHECK_FALSE(entry.retry);
  CHECK(catalogue_entry(CRAWLHUB_E_STORAGE_BUSY).retry);
  for (const std::int32_t number : {0, -1, 100, 999999})
    CHECK(catalogue_entry(number).code == CRAWLHUB_E_INTERNAL);
}

TEST_CASE("no wire code stands twice, and each says what to do") {
  std::set<std::string_view> seen;
  for (const CatalogueEntry& entry : catalogue()) {
    CHECK(seen.insert(entry.wire).second);
    CHECK(entry.code / 100 == entry.category);
    CHECK((entry.advice.ends_with(".") || entry.advice.ends_with("?")));
  }
}

TEST_CASE("categories and severities have the names of the wire") {
  CHECK(category_name(CRAWLHUB_CATEGORY_VALIDATION) == "message_validation");
  CHECK(severity_name(CRAWLHUB_SEVERITY_CRITICAL) == "critical");
  CHECK(category_name(0) == "unknown");
  CHECK(severity_name(99) == "unknown");
}

TEST_CASE("docs/errors.md has a section a category and a row an error") {
  const std::string text = render_errors_markdown();
  CHECK(text.find("\n## rate_limiting\n") != std::string::npos);
  CHECK(text.find("| 501 | `unknown_job` | medium | no | there is no such job |") != std::string::npos);
}
