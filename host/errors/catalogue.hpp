#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace crawlhub {

// An error of the catalogue (crawlhub/abi/errors.h).
struct CatalogueEntry {
  std::int32_t code;
  std::string_view name;    // "UNKNOWN_JOB"
  std::string_view wire;    // "unknown_job"
  std::int32_t category;    // CRAWLHUB_CATEGORY_*
  std::int32_t severity;    // CRAWLHUB_SEVERITY_*
  bool retry;               // sending the same again may succeed
  std::string_view text;    // what it means
  std::string_view advice;  // what to do
};

std::span<const CatalogueEntry> catalogue();

// The entry of the code; of INTERNAL where there is no such code.
const CatalogueEntry& catalogue_entry(std::int32_t code);

// "job_processing", "high"; "unknown" for a number that is none.
std::string_view category_name(std::int32_t category);
std::string_view severity_name(std::int32_t severity);

// docs/errors.md, whole.
std::string render_errors_markdown();

}  // namespace crawlhub
