#include "restore.hpp"

#include <crawlhub/iso_time.hpp>
#include <crawlhub/json_index.hpp>
#include <crawlhub/json_walk.hpp>

namespace crawlhub::progress {
namespace {

constexpr int kPage = 500;

void restore_job(const JsonIndex& job, Trackers& trackers, std::int64_t now_ns) {
  const auto id = job.find("id").string();
  const Member progress = job.find("progress");
  if (!id || !progress) return;
  const auto started = parse_iso_time(job.find("startedAt").string().value_or("")).value_or(0);
  trackers.with(*id, [&](Tracker& tracker) {
    const bool reported = tracker.last_update_ns() != 0;
    tracker.restore(progress.raw(), started);
    if (!reported) tracker.set_state(state_of(job.find("state").string().value_or("")), now_ns);
  });
}

}  // namespace

State state_of(std::string_view status) noexcept {
  if (status == "running") return State::kProcessing;
  if (status == "paused" || status == "waiting_credential_renewal" || status == "credential_renewed") {
    return State::kPaused;
  }
  if (status == "finished") return State::kCompleted;
  if (status == "failed" || status == "credential_expired") return State::kFailed;
  if (status == "cancelled") return State::kCancelled;
  return State::kInitializing;
}

std::string restore(const Host& host, Trackers& trackers) {
  std::string after;
  do {
    JsonText parameters;
    parameters.begin_object().field("limit", kPage);
    if (!after.empty()) parameters.field("after", after);
    const Answer answer = host.query(CRAWLHUB_QUERY_PROGRESS, parameters.end_object());
    if (!answer) return answer.text;
    const JsonIndex page(answer.text);
    for (JsonWalk walk(page.find("jobs").raw()); walk.next();) {
      restore_job(JsonIndex(walk.member().raw()), trackers, host.now_ns());
    }
    after = page.find("next").string().value_or("");
  } while (!after.empty());
  return {};
}

}  // namespace crawlhub::progress
