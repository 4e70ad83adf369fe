// The fields of a job_progress, put into an event in one pass over the message's members.
#pragma once

#include <string_view>

#include <crawlhub/abi/storage_ops.h>
#include <crawlhub/json_value.hpp>
#include <crawlhub/key_table.hpp>

namespace crawlhub::jobs {

namespace detail {

template <class Event>
void number(Event& event, Member member, double crawlhub_job_event::*field, std::uint32_t flag) {
  const auto value = member.number();
  if (!value) return;
  event.operator->()->*field = *value;
  event->flags |= flag;
}

// Told by its length first: few keys are left to compare then.
template <class Event>
void progress_field(Event& event, Member member) {
  using Body = crawlhub_job_event;
  const std::string_view key = member.key();
  switch (key.size()) {
    case 5:
      if (spells(key, "stage")) event.text(&Body::stage, member);
      if (spells(key, "total")) number(event, member, &Body::total, CRAWLHUB_HAS_TOTAL);
      if (spells(key, "items")) number(event, member, &Body::items, CRAWLHUB_HAS_ITEMS);
      return;
    case 7:
      if (spells(key, "message")) event.text(&Body::message, member);
      return;
    case 8:  // the list of the older dialect; else a field of the crawler's own
      if (spells(key, "progress") && member.is(CRAWLHUB_JSON_ARRAY)) event.json(&Body::entities, member);
      return;
    case 9:
      if (spells(key, "processed")) number(event, member, &Body::processed, CRAWLHUB_HAS_PROCESSED);
      return;
    case 10:
      if (spells(key, "entityType")) event.text(&Body::entity_type, member);
      if (spells(key, "itemCounts")) event.json(&Body::item_counts, member);
      return;
    case 11:
      if (spells(key, "resumeState")) event.json(&Body::resume_state, member);
      if (spells(key, "currentPage")) number(event, member, &Body::page, CRAWLHUB_HAS_PAGE);
      return;
    case 14:
      if (spells(key, "processingRate")) number(event, member, &Body::rate, CRAWLHUB_HAS_RATE);
      return;
    case 22:
      if (spells(key, "estimatedTimeRemaining"))
        number(event, member, &Body::remaining, CRAWLHUB_HAS_REMAINING);
      return;
    default:
      return;
  }
}

}  // namespace detail

// Event: an EventWriter or an OpBody<crawlhub_job_event>.
template <class Event>
void fill_progress(Event& event, Members data) {
  for (const Member member : data) {
    if (member.present()) detail::progress_field(event, member);
  }
}

}  // namespace crawlhub::jobs
