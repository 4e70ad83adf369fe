// What one job_progress says, read in one pass over the message's members. Nothing is copied.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <crawlhub/json_value.hpp>

namespace crawlhub::progress {

struct Update {
  enum Given : std::uint32_t {
    kProcessed = 1,
    kTotal = 2,
    kPage = 4,
    kPerPage = 8,
    kRemaining = 16,
    kRate = 32,
    kItems = 64,
  };
  std::uint32_t given = 0;
  double processed = 0, total = 0, page = 0, per_page = 0;
  double remaining = 0;  // seconds
  double rate = 0;       // items a second
  double items = 0;
  // Views of the message, or of a scratch string where the text has escapes.
  std::string_view stage, entity_type, message, sub_collection;
  std::string_view item_counts;  // JSON object, or empty
  std::string_view entities;     // JSON list of the older dialect, or empty

  bool has(std::uint32_t bits) const noexcept { return (given & bits) != 0; }
};

// Memory for texts with escapes. Thread: one at a time.
struct UpdateScratch {
  std::string stage, entity_type, message;
};

void read_update(Members data, UpdateScratch& scratch, Update& update);
// An entry of the older dialect's list, and of a stored progress.
void read_entity(std::string_view json, Update& update, std::string& name, std::string& sub_collection);

}  // namespace crawlhub::progress
