#include "update.hpp"

#include <crawlhub/json_index.hpp>
#include <crawlhub/json_walk.hpp>
#include <crawlhub/key_table.hpp>

namespace crawlhub::progress {
namespace {

void take(Member member, double& to, std::uint32_t bit, Update& update) {
  const auto number = member.number();
  if (!number) return;
  to = *number;
  update.given |= bit;
}

std::string_view text(Member member, std::string& scratch) {
  return member.string(scratch).value_or("");
}

}  // namespace

// By length first: cheaper than comparing each key with every name.
void read_update(Members data, UpdateScratch& scratch, Update& update) {
  for (const Member member : data) {
    const std::string_view key = member.key();
    switch (key.size()) {
      case 5:
        if (spells(key, "total")) take(member, update.total, Update::kTotal, update);
        if (spells(key, "stage")) update.stage = text(member, scratch.stage);
        if (spells(key, "items")) take(member, update.items, Update::kItems, update);
        break;
      case 7:
        if (spells(key, "message")) update.message = text(member, scratch.message);
        break;
      case 8:
        if (spells(key, "progress") && member.is(CRAWLHUB_JSON_ARRAY)) update.entities = member.raw();
        break;
      case 9:
        if (spells(key, "processed")) take(member, update.processed, Update::kProcessed, update);
        break;
      case 10:
        if (spells(key, "entityType")) update.entity_type = text(member, scratch.entity_type);
        if (spells(key, "itemCounts")) update.item_counts = member.raw();
        break;
      case 11:
        if (spells(key, "currentPage")) take(member, update.page, Update::kPage, update);
        break;
      case 14:
        if (spells(key, "processingRate")) take(member, update.rate, Update::kRate, update);
        break;
      case 22:
        if (spells(key, "estimatedTimeRemaining")) take(member, update.remaining, Update::kRemaining, update);
        break;
      default:
        break;
    }
  }
}

void read_entity(std::string_view json, Update& update, std::string& name, std::string& sub_collection) {
  const JsonIndex fields(json);
  take(fields.find("total_processed"), update.processed, Update::kProcessed, update);
  take(fields.find("total_discovered"), update.total, Update::kTotal, update);
  take(fields.find("current_page"), update.page, Update::kPage, update);
  take(fields.find("items_per_page"), update.per_page, Update::kPerPage, update);
  take(fields.find("estimated_remaining"), update.remaining, Update::kRemaining, update);
  take(fields.find("processing_rate"), update.rate, Update::kRate, update);
  update.entity_type = text(fields.find("entity_type"), name);
  update.sub_collection = text(fields.find("sub_collection"), sub_collection);
  // Views of fields' texts lie in json, which outlives it; those with escapes lie in the scratch strings.
  if (fields.find("status").raw() == "\"completed\"") update.stage = "completed";
  if (fields.find("status").raw() == "\"failed\"") update.stage = "failed";
}

}  // namespace crawlhub::progress
