#pragma once

#include <functional>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "host/bench/generator.hpp"
#include "host/bench/memory.hpp"
#include "host/bench/options.hpp"
#include "host/bench/verification.hpp"

namespace crawlhub::bench {

struct IngestResult {
  Options options;
  std::string durability;  // as the hub's welcome says
  Measurement measured;
  Verification verified;
  std::optional<IdleCost> idle;

  // Every message was taken, and every row that was looked at is what was acked.
  bool good() const { return measured.rejected == 0 && verified.differ == 0; }
};

// How a run tells what it does: a stage ("leasing 10,000 jobs"), and while it measures a line a second.
struct Progress {
  std::function<void(const std::string&)> stage;
  Generator::OnSecond second;
};

// Prepares the hub, measures how fast it acks job_progress, and compares the rows. REQUIRES:
// problem(options).empty(). Errors: why it could not be measured.
Result<IngestResult> run_ingest(const Options& options, const Progress& progress);

// For programs; times in microseconds.
nlohmann::ordered_json to_json(const IngestResult& result);
// For people: aligned lines.
std::string to_text(const IngestResult& result);

}  // namespace crawlhub::bench
