#include "host/bench/verification.hpp"

#include <algorithm>
#include <cstdint>

#include "host/bench/fleet.hpp"
#include "host/bench/progress_messages.hpp"

namespace crawlhub::bench {

namespace {

using Json = nlohmann::ordered_json;

// The number at a JSON pointer, or "none".
std::string number_at(const Json& row, const char* pointer) {
  const Json::json_pointer place(pointer);
  if (!row.contains(place) || !row[place].is_number()) return "none";
  return std::to_string(row[place].get<std::uint64_t>());
}

}  // namespace

std::string difference(const Json& row, std::uint32_t last) {
  const std::string sent =
      last == HeldJob::kNone ? "none" : std::to_string(ProgressMessages::processed(last));
  for (const char* place : {"/resumeState/currentPage", "/progress/entities/0/total_processed"}) {
    const std::string kept = number_at(row, place);
    if (kept != sent)
      return "job " + row.value("id", "?") + ": " + place + " is " + kept + ", sent last was " + sent;
  }
  return {};
}

Result<Verification> verify_rows(const std::vector<Crawler>& crawlers, AdminClient& admin, std::size_t most) {
  Verification result;
  std::size_t jobs = 0;
  for (const Crawler& crawler : crawlers) jobs += crawler.jobs().size();
  const std::size_t step = std::max<std::size_t>(1, most == 0 ? 1 : jobs / most);
  std::size_t number = 0;
  for (const Crawler& crawler : crawlers) {
    for (const HeldJob& job : crawler.jobs()) {
      if (number++ % step != 0 || result.compared >= most) continue;
      const auto row = call(admin, "jobs.show", {{"id", job.id}});
      if (!row) return row.status();
      ++result.compared;
      std::string differs = difference(*row, job.last);
      if (differs.empty()) continue;
      if (result.differ++ == 0) result.first = std::move(differs);
    }
  }
  return result;
}

}  // namespace crawlhub::bench
