// What the records of the journal hold.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <crawlhub/abi/storage.h>
#include <crawlhub/flat.hpp>

#include "frame.hpp"
#include "hot_job.hpp"

namespace crawlhub::storage_sqlite {

// ---- progress: what the event gave, and of which lease it was ----

struct ProgressHead {
  std::int64_t row;
  std::uint64_t lease;
  std::int64_t now_ns;
  std::uint32_t flags;  // CRAWLHUB_HAS_*: the numbers that follow
  std::uint32_t texts;  // bits: the texts that follow
};

void write_progress(FrameWriter& frame, const HotJob& job, const Body<crawlhub_job_event>& event);
// Makes the event again in flat, whose bytes are a body of crawlhub_job_event.
ProgressHead read_progress(RecordReader& record, std::vector<char>& flat);

// ---- a job as a transition left it ----

void write_job(FrameWriter& frame, const HotJob& job, const Names& names);
// Overwrites everything of job but what it needs to be held in memory. The progress is as it was stored
// (JSON).
void read_job(RecordReader& record, HotJob& job, Names& names, std::string& progress);

// ---- an operation that is done again at a replay ----

void write_operation(FrameWriter& frame, const crawlhub_op& op);
// The body is copied to body, aligned; the key lives as long as the record.
crawlhub_op read_operation(RecordReader& record, std::vector<std::uint64_t>& body);

}  // namespace crawlhub::storage_sqlite
