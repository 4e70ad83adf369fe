// One entry of a discovery's list, read and judged.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <crawlhub/json_index.hpp>
#include <crawlhub/ops.hpp>

namespace crawlhub::discovery {

// Why an entry is dropped: ".entity_id: expected a string, got null"; empty: it is good.
using Fault = std::string;

// An entry of jobs_discovered. Views point into the message's text, or into scratch that the next read
// overwrites.
struct JobEntry {
  std::string_view job_type;     // as it was sent: crawl_group
  std::string_view entity_type;  // of the job it becomes: group
  std::string_view area_type;    // group or project
  std::string_view id, path, name;
  std::string_view size;  // JSON object of estimated sizes, or empty
  std::int32_t priority = 1;
};

// An entry of discovery.
struct EntityEntry {
  std::string_view id, path, name, parent_id;
};

// Keeps memory between reads. Thread: one at a time.
class EntryReader {
 public:
  // json: one element of the list. The entry is good until the next read.
  Fault read(Member json, JobEntry& entry);
  Fault read(Member json, EntityEntry& entry);

 private:
  // A text, or a number as text: ids are either.
  Fault take_text(std::string_view key, std::string& scratch, std::string_view& out, bool required = true);

  JsonIndex fields_;
  std::string type_, id_, path_, name_, parent_;
};

}  // namespace crawlhub::discovery
