// handler-progress: follows the progress of every job, and shows it, one by one and all together.
#include <atomic>
#include <chrono>
#include <mutex>

#include <crawlhub/handler.hpp>
#include <crawlhub/iso_time.hpp>
#include <crawlhub/json_text.hpp>
#include <crawlhub/json_walk.hpp>
#include <crawlhub/lanes.hpp>

#include "aggregate.hpp"
#include "restore.hpp"
#include "schema.hpp"
#include "trackers.hpp"

namespace crawlhub::progress {
namespace {

enum Route : std::uint32_t { kStarted = 1, kProgress, kCompleted, kFailed };

constexpr char kInput[] = R"({
  "type": "object", "additionalProperties": false,
  "properties": {"job": {"type": "string", "minLength": 1, "x-cli": {"positional": 0}, "description": "Id of a job; without it all jobs together are shown"}}
})";

// Memory that a lane uses again and again.
struct Lane {
  UpdateScratch update;
  JsonText json;
};

}  // namespace

class ProgressHandler final : public Handler {
 public:
  using Handler::Handler;

  Outcome create(std::string_view config) override {
    const JsonIndex keys(config);
    keep_ns_ = keys.find("keep").integer().value_or(3600 * kSecond);
    events_ns_ = keys.find("events").integer().value_or(kSecond);
    const auto observe = [this](const char* type, std::uint32_t route) {
      return host().add_type(type, CRAWLHUB_TYPE_OBSERVE, route);
    };
    return first_failure(
        {observe("job_progress", kProgress), observe("job_started", kStarted),
         observe("job_completed", kCompleted), observe("job_failed", kFailed),
         host().subscribe("job.discovered"), host().subscribe("job.state_changed"),
         host().add_command<&ProgressHandler::show>({.name = "progress",
                                                     .summary = "Shows the progress of a job, or of all.",
                                                     .role = "monitor",
                                                     .input = kInput,
                                                     .read_only = true})});
  }

  Outcome start() override { return host().every<&ProgressHandler::housekeep>(std::chrono::seconds(1)); }

  void observe(Observations list) override {
    const std::int64_t now = host().now_ns();
    std::uint64_t bytes = 0;
    for (const Observation observation : list) {
      bytes += observation.message().text().size();
      if (observation.accepted() && !is_repetition(observation)) take(observation, now);
    }
    utilization_.add_bytes(bytes);
  }

  // What is not observed: changes by operators, lost leases and credentials; and discoveries, which are too
  // long to be copied for it.
  void event(std::string_view name, std::string_view json) override {
    const JsonIndex fields(json);
    if (name == "job.discovered") return take_discovery(fields);
    const State state = state_of(fields.find("state").string().value_or(""));
    if (state == State::kCompleted) return;
    trackers_.with_known(fields.find("jobId").string().value_or(""), [&](Tracker& tracker) {
      // Events come later than reports: that a job runs is news only of a paused one.
      const bool news =
          state == State::kProcessing ? tracker.state() == State::kPaused : tracker.state() != state;
      if (news) tracker.set_state(state, host().now_ns());
    });
  }

 private:
  static constexpr std::int64_t kSecond = 1'000'000'000;

  void take(const Observation& observation, std::int64_t now) {
    const Message message = observation.message();
    Lane& lane = lanes_.of(message.connection().lane());
    trackers_.with(message.job_id(), [&](Tracker& tracker) {
      const std::size_t reached = apply(tracker, observation, lane, now);
      const bool due = message.route() == kProgress && now - tracker.published_ns >= events_ns_;
      if (due) publish_progress(message, tracker, lane, now);
      publish_milestones(message.job_id(), message.connection().name(), tracker, reached, lane);
    });
  }

  static std::size_t apply(Tracker& tracker, const Observation& observation, Lane& lane, std::int64_t now) {
    const Message message = observation.message();
    switch (message.route()) {
      case kProgress: {
        Update update;
        read_update(message.data(), lane.update, update);
        return tracker.update(update, now);
      }
      case kStarted:
        return tracker.start(now);
      case kCompleted: {
        const bool well = message.data().find("success").boolean().value_or(true);
        const std::string_view counts = message.data().find("finalCounts").raw();
        return well ? tracker.complete(counts, now) : tracker.fail(false, counts, now);
      }
      default:
        return tracker.fail(comes_again(observation), message.data().find("partialCounts").raw(), now);
    }
  }

  // Accepted, but it changed nothing: the job had ended so before.
  static bool is_repetition(const Observation& observation) {
    return !observation.results().empty() && observation.results()[0].status == CRAWLHUB_RESULT_DUPLICATE;
  }

  // Whether the failed job is queued again, as the storage decided.
  static bool comes_again(const Observation& observation) {
    if (observation.results().empty()) return false;
    const Body<crawlhub_job> job(observation.results()[0]);
    return job.valid() && job->state == CRAWLHUB_JOB_QUEUED;
  }

  void publish_progress(const Message& message, Tracker& tracker, Lane& lane, std::int64_t now) const {
    tracker.published_ns = now;
    JsonText& json = lane.json.clear();
    json.begin_object().field("action", "progress").field("jobId", message.job_id());
    json.field("connectionId", message.connection().name()).field("timestamp", iso_time(now)).key("progress");
    write_page_progress(json, tracker, now);
    host().publish("job.update", json.end_object());
  }

  void publish_milestones(std::string_view job, std::string_view connection, const Tracker& tracker,
                          std::size_t reached, Lane& lane) const {
    const auto& all = tracker.milestones();
    for (std::size_t i = all.size() - reached; i < all.size(); ++i) {
      JsonText& json = lane.json.clear();
      json.begin_object().field("jobId", job).field("connectionId", connection).key("milestone");
      write_milestone(json, all[i]);
      host().publish("progress.milestone_reached", json.end_object());
    }
  }

  void take_discovery(const JsonIndex& fields) {
    const std::string job = fields.find("jobId").string().value_or("");
    const std::string connection = fields.find("connectionId").string().value_or("");
    trackers_.with_known(job, [&](Tracker& tracker) {
      const std::size_t reached = tracker.discovered(host().now_ns());
      publish_milestones(job, connection, tracker, reached, lanes_.here());
    });
  }

  // The first time: what ran before this start. It is not done in start, so that the hub accepts sooner.
  void ensure_restored() {
    const std::lock_guard lock(restoring_);
    if (restored_) return;
    const std::string error = restore(host(), trackers_);
    restored_ = error.empty();
    if (!restored_) host().warn("the progress of jobs before this start cannot be read yet: ", error);
  }

  void housekeep() {
    ensure_restored();
    trackers_.forget(host().now_ns() - keep_ns_);
  }

  Outcome show(CommandCall& call, std::string_view arguments) {
    ensure_restored();
    const auto job = JsonIndex(arguments).find("job").string();
    if (job) return show_job(call, *job);
    const Answer counts = host().query(CRAWLHUB_QUERY_JOB_COUNTS, "{}");
    if (!counts) return call.fail(CRAWLHUB_E_QUERY_FAILED, counts.text);
    JsonText json;
    write_aggregate(json, trackers_, counts.text, utilization_, host().now_ns());
    return call.reply(json);
  }

  Outcome show_job(CommandCall& call, const std::string& job) {
    JsonText json;
    json.begin_object().field("id", job);
    const auto write = [&](Tracker& tracker) { write_progress(json, tracker, host().now_ns()); };
    if (trackers_.with_known(job, write)) return call.reply(json.end_object());
    JsonText parameters;
    const Answer answer =
        host().query(CRAWLHUB_QUERY_JOB_GET, parameters.begin_object().field("id", job).end_object());
    if (!answer) return call.fail(CRAWLHUB_E_QUERY_FAILED, answer.text);
    if (answer.text == "null") return call.fail(CRAWLHUB_E_UNKNOWN_JOB, join("there is no job ", job));
    write_stored(json, JsonIndex(answer.text));
    return call.reply(json.end_object());
  }

  // Of a job that no report has told of since the start.
  void write_stored(JsonText& json, const JsonIndex& job) const {
    if (const Member progress = job.find("progress")) {
      for (JsonWalk walk(progress.raw()); walk.next();) {
        if (walk.member().present()) json.raw_field(walk.key(), walk.member().raw());
      }
      return;
    }
    Tracker none;
    none.set_state(state_of(job.find("status").string().value_or("")),
                   parse_iso_time(job.find("createdAt").string().value_or("")).value_or(0));
    write_progress(json, none, host().now_ns());
  }

  std::int64_t keep_ns_ = 0, events_ns_ = 0;
  PerLane<Lane> lanes_{host()};
  Trackers trackers_;
  Utilization utilization_;
  std::mutex restoring_;
  bool restored_ = false;
};

}  // namespace crawlhub::progress

CRAWLHUB_PLUGIN(crawlhub::progress::ProgressHandler, .name = "handler-progress", .version = "1.0.0",
                .summary = "Follows the progress of every job, and shows it.",
                .config_schema = crawlhub::progress::kSchema, .flags = CRAWLHUB_MAY_UNLOAD)
