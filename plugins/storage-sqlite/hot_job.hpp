#pragma once

#include <cstdint>

#include <crawlhub/storage_model/job.hpp>

namespace crawlhub::storage_sqlite {

using namespace storage_model;

// A job in memory, newer than its row by what the journal has.
struct HotJob : Job {
  std::uint64_t record = 0;  // number of the newest record of the journal that is in the row
  bool dirty = false;        // has progress that is not in the row
  bool listed = false;       // stands in a list of jobs to fold
  bool pending = false;      // changed in the batch in hand; its row is written at the batch's end
  bool requeued = false;     // and so did its place in the queues
  bool used = false;         // since the last look at what may be forgotten
};

}  // namespace crawlhub::storage_sqlite
