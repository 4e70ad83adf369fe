#include "host/errors/catalogue.hpp"

#include <algorithm>
#include <array>

#include <crawlhub/abi/errors.h>

namespace crawlhub {

namespace {

#define CRAWLHUB_ROW(number, NAME, wire, category, severity, retry, text, advice)                      \
  CatalogueEntry{number,     #NAME, #wire, CRAWLHUB_CATEGORY_##category, CRAWLHUB_SEVERITY_##severity, \
                 retry != 0, text,  advice},
constexpr std::array kCatalogue = {CRAWLHUB_ERRORS(CRAWLHUB_ROW)};
#undef CRAWLHUB_ROW

static_assert(std::ranges::is_sorted(kCatalogue, std::ranges::less_equal{}, &CatalogueEntry::code));

constexpr const CatalogueEntry& kInternal =
    *std::ranges::find(kCatalogue, std::int32_t{CRAWLHUB_E_INTERNAL}, &CatalogueEntry::code);

}  // namespace

std::span<const CatalogueEntry> catalogue() {
  return kCatalogue;
}

const CatalogueEntry& catalogue_entry(std::int32_t code) {
  const auto at = std::ranges::lower_bound(kCatalogue, code, {}, &CatalogueEntry::code);
  return at != kCatalogue.end() && at->code == code ? *at : kInternal;
}

std::string_view category_name(std::int32_t category) {
  switch (category) {
#define CRAWLHUB_NAME(number, NAME, wire) \
  case number:                            \
    return #wire;
    CRAWLHUB_CATEGORIES(CRAWLHUB_NAME)
    default:
      return "unknown";
  }
}

std::string_view severity_name(std::int32_t severity) {
  switch (severity) {
    CRAWLHUB_SEVERITIES(CRAWLHUB_NAME)
#undef CRAWLHUB_NAME
    default:
      return "unknown";
  }
}

std::string render_errors_markdown() {
  std::string text =
      "# Errors\n\n"
      "Every error that crawlhub raises, answers or logs. Made from `sdk/include/crawlhub/abi/errors.h`; do "
      "not edit.\n"
      "*code* stands on the wire and in the log; *again* tells whether the same may be sent again as it "
      "is.\n";
  std::int32_t category = 0;
  for (const CatalogueEntry& entry : kCatalogue) {
    if (entry.category != category) {
      category = entry.category;
      text += "\n## " + std::string(category_name(category)) +
              "\n\n| number | code | severity | again | what it means | what to do "
              "|\n|---|---|---|---|---|---|\n";
    }
    text += "| " + std::to_string(entry.code) + " | `" + std::string(entry.wire) + "` | " +
            std::string(severity_name(entry.severity)) + " | " + (entry.retry ? "yes" : "no") + " | " +
            std::string(entry.text) + " | " + std::string(entry.advice) + " |\n";
  }
  return text;
}

}  // namespace crawlhub
