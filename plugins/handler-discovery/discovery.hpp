// A discovery message on its way into the storage, slice by slice: one may name 64,000 areas, which make half
// a million operations. Neither a worker nor memory is to be held by them all at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/json_walk.hpp>
#include <crawlhub/message.hpp>
#include <crawlhub/new_id.hpp>
#include <crawlhub/ops.hpp>

#include "entry.hpp"

namespace crawlhub::discovery {

// Entity types of the jobs that each discovered project or group gets beside its own.
struct DataTypes {
  std::vector<std::string> project, group;
};

// What is worked with while a slice is made; kept by the lane.
struct Scratch {
  OpBuilder ops;
  EntryReader reader;
  IdMaker ids;
};

struct Tally {
  std::uint64_t entries = 0, dropped = 0;
  std::uint64_t areas = 0, entities = 0;   // put
  std::uint64_t jobs = 0, known_jobs = 0;  // new ones, and those that were there
};

class Discovery {
 public:
  static constexpr std::size_t kSlice = 400;  // operations of one, roughly: what OpBuilder keeps memory for
  static constexpr std::size_t kSliceEntries = 4000;  // looked at for one: most may be invalid
  static constexpr std::size_t kFaults = 50;          // that are told one by one

  // list: the entries, copied, since they outlive the message. entity_type: of a `discovery`; empty:
  // jobs_discovered.
  Discovery(const Message& message, std::string_view list, std::string_view entity_type);
  Discovery(const Discovery&) = delete;
  Discovery& operator=(const Discovery&) = delete;

  // Appends the next slice to scratch.ops: nothing where all its entries are invalid, or at the end.
  void next_slice(Scratch& scratch, const DataTypes& data_types, std::int64_t now_ns);
  // Whether all entries have been in a slice.
  bool done() const noexcept { return done_; }
  // Notes what became of the slice, whose results begin at first. Null, or the result that says that the
  // storage could not take it; single operations that it refused drop their entries.
  const crawlhub_result* note(Results results, std::size_t first);

  // Empty where a `discovery` names none.
  const std::string& job() const noexcept { return job_; }
  std::uint64_t connection_id() const noexcept { return connection_id_; }
  bool said_hello() const noexcept { return said_hello_; }
  const std::string& connection() const noexcept { return connection_; }
  const std::string& crawler() const noexcept { return crawler_; }
  const std::string& summary() const noexcept { return summary_; }
  bool of_jobs() const noexcept { return entity_type_.empty(); }
  std::string_view list_name() const noexcept { return of_jobs() ? "discovered_jobs" : "entities"; }
  const Tally& tally() const noexcept { return tally_; }
  // The first kFaults dropped entries: "discovered_jobs[4].entity_id: expected a string, got null".
  const std::vector<std::string>& faults() const noexcept { return faults_; }

 private:
  void add(Scratch& scratch, const JobEntry& entry, const DataTypes& data_types, std::int64_t now_ns);
  void add(Scratch& scratch, const EntityEntry& entry, std::int64_t now_ns);
  void add_job(Scratch& scratch, const JobEntry& entry, std::string_view entity_type, std::int64_t now_ns);
  void add_area(Scratch& scratch, std::string_view id, std::string_view type, std::string_view path,
                std::string_view name, std::string_view parent, std::int64_t now_ns);
  void drop(std::uint64_t entry, const Fault& fault);
  void made(std::uint32_t kind) { made_.push_back({kind, tally_.entries}); }
  std::uint32_t op_flags() const noexcept { return job_.empty() ? 0 : CRAWLHUB_OP_CHAINED; }

  std::uint64_t connection_id_;
  bool said_hello_;
  std::string list_, job_, connection_, crawler_, summary_, entity_type_;
  JsonWalk walk_;
  Tally tally_;
  std::vector<std::string> faults_;
  struct Made {
    std::uint32_t kind;
    std::uint64_t entry;
  };
  std::vector<Made> made_;  // the slice's operations, in order
  bool done_ = false;
};

}  // namespace crawlhub::discovery
