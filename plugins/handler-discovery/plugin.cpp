// handler-discovery: takes what crawlers find: areas, and the jobs that follow from them.
#include <atomic>
#include <memory>

#include <crawlhub/handler.hpp>
#include <crawlhub/iso_time.hpp>
#include <crawlhub/json_text.hpp>
#include <crawlhub/lanes.hpp>

#include "discovery.hpp"
#include "schema.hpp"

namespace crawlhub::discovery {
namespace {

enum Route : std::uint32_t { kJobsDiscovered = 1, kDiscovery = 2 };

std::vector<std::string> texts(Member list) {
  std::vector<std::string> out;
  for (JsonWalk walk(list.raw()); walk.next();) out.push_back(walk.member().string().value_or(""));
  return out;
}

DataTypes read_data_types(std::string_view config) {
  const JsonIndex keys(config);
  const JsonIndex types(keys.find("data_types").raw());
  DataTypes out{{"issue", "merge_request", "commit", "branch", "pipeline", "jobs", "mergeRequestNotes"},
                {"groupMilestones", "epics"}};
  if (const Member project = types.find("project")) out.project = texts(project);
  if (const Member group = types.find("group")) out.group = texts(group);
  return out;
}

}  // namespace

class DiscoveryHandler final : public Handler {
 public:
  using Handler::Handler;

  Outcome create(std::string_view config) override {
    data_types_ = read_data_types(config);
    return first_failure(
        {host().add_type("jobs_discovered", 0, kJobsDiscovered), host().add_type("discovery", 0, kDiscovery),
         host().add_section<&DiscoveryHandler::metrics>(CRAWLHUB_SECTION_METRICS, "discovery_metrics")});
  }

  Outcome handle(Call& call, const Message& message) override {
    const bool of_jobs = message.route() == kJobsDiscovered;
    const Member list = message.data().find(of_jobs ? "discovered_jobs" : "entities");
    const auto entity_type = message.data().find("entityType").string();
    // The validation has refused such already, where it is loaded.
    if (!list.is(CRAWLHUB_JSON_ARRAY) || (!of_jobs && !entity_type)) {
      return call.fail(CRAWLHUB_E_MISSING_FIELD, of_jobs
                                                     ? "data.discovered_jobs: expected a list"
                                                     : "data: expected entityType and a list of entities");
    }
    auto found = std::make_unique<Discovery>(message, list.raw(), of_jobs ? "" : *entity_type);
    Scratch& scratch = lanes_.of(message.connection().lane());
    scratch.ops.clear();
    if (!found->job().empty()) add_head(scratch.ops, *found);
    fill(scratch, *found);
    if (!scratch.ops.empty())
      return call.submit_then<&DiscoveryHandler::on_first>(scratch.ops, std::move(found));
    finish(*found);
    return Outcome::kOk;
  }

 private:
  // The job that found it: all else is done only if the storage accepts this.
  void add_head(OpBuilder& ops, const Discovery& found) const {
    const auto event = ops.add<crawlhub_job_event>(CRAWLHUB_OP_JOB_EVENT, 0, found.job());
    event->event = CRAWLHUB_EVENT_DISCOVERED;
    event->flags = found.said_hello() ? CRAWLHUB_HAS_HELLO : 0;
    event->connection = found.connection_id();
    event->now_ns = host().now_ns();
    event.text(&crawlhub_job_event::hub, host().hub_id());
    event.text(&crawlhub_job_event::incarnation, host().incarnation());
    event.text(&crawlhub_job_event::crawler, found.crawler());
  }

  // Appends the next slice to scratch.ops; nothing at the end. Where all its entries are invalid that is the
  // head once more, which changes nothing: the worker does other work until its result is there.
  void fill(Scratch& scratch, Discovery& found) const {
    do {
      found.next_slice(scratch, data_types_, host().now_ns());
    } while (scratch.ops.empty() && !found.done() && found.job().empty());
    if (scratch.ops.empty() && !found.done()) add_head(scratch.ops, found);
  }

  void on_first(Call& call, Results results, std::unique_ptr<Discovery> found) {
    const std::size_t head = found->job().empty() ? 0 : 1;
    if (head == 1 && !accepted(results[0])) {
      static_cast<void>(call.fail(results[0].code, view(results[0].text)));
      return;
    }
    const crawlhub_result* failed = found->note(results, head);
    go_on(call, failed, std::move(found));
  }

  void on_slice(Call& call, Results results, std::unique_ptr<Discovery> found) {
    const crawlhub_result* failed = found->note(results, 0);
    go_on(call, failed, std::move(found));
  }

  // failed: the storage could not take the slice. The message is refused then, and may be sent again.
  void go_on(Call& call, const crawlhub_result* failed, std::unique_ptr<Discovery> found) {
    if (failed != nullptr) {
      static_cast<void>(call.fail(failed->code, view(failed->text)));
      return;
    }
    Scratch& scratch = lanes_.here();
    scratch.ops.clear();
    fill(scratch, *found);
    if (scratch.ops.empty()) {
      finish(*found);
    } else if (call) {
      static_cast<void>(call.submit_then<&DiscoveryHandler::on_slice>(scratch.ops, std::move(found)));
    } else {
      finish_alone(scratch, *found);
    }
  }

  // The connection has ended meanwhile, and its crawler will not report again: what is left is taken here,
  // where waiting is allowed. scratch.ops holds the next slice.
  void finish_alone(Scratch& scratch, Discovery& found) {
    while (!scratch.ops.empty()) {
      bool stored = false;
      const Outcome outcome =
          host().commit(scratch.ops, [&](Results results) { stored = found.note(results, 0) == nullptr; });
      if (!ok(outcome) || !stored) {
        host().warn("the discovery of job ", found.job(), " is cut short after ", found.tally().entries,
                    " entries: the storage failed, and its connection has ended");
        break;
      }
      scratch.ops.clear();
      fill(scratch, found);
    }
    finish(found);
  }

  void finish(const Discovery& found) {
    const Tally& tally = found.tally();
    areas_ += tally.areas;
    entities_ += tally.entities;
    jobs_ += tally.jobs;
    dropped_ += tally.dropped;
    if (tally.dropped != 0) raise_dropped(found);
    host().debug(found.connection(), ": job ", found.job(), " found ", tally.entries,
                 " entries: ", tally.areas, " areas, ", tally.jobs, " new jobs, ", tally.known_jobs,
                 " known ones, ", tally.dropped, " dropped");
    publish(found);
  }

  void raise_dropped(const Discovery& found) const {
    const Tally& tally = found.tally();
    JsonText details;
    details.begin_object().field("entries", tally.entries).field("dropped", tally.dropped);
    details.key("faults").begin_array();
    for (const std::string& fault : found.faults()) details.value(fault);
    details.end_array().end_object();
    const std::string text = join(tally.dropped, " of ", tally.entries,
                                  " entries were dropped, the others taken; ", found.faults().front());
    host().raise({.code = CRAWLHUB_E_INVALID_ENTRY,
                  .message = text,
                  .details = details,
                  .connection = found.connection(),
                  .job = found.job(),
                  .crawler = found.crawler()});
  }

  void publish(const Discovery& found) const {
    const Tally& tally = found.tally();
    JsonText json;
    json.begin_object().field("jobId", found.job()).field("connectionId", found.connection());
    json.field("entries", tally.entries).field("dropped", tally.dropped).field("areas", tally.areas);
    json.field("entities", tally.entities).field("jobs", tally.jobs).field("knownJobs", tally.known_jobs);
    if (!found.summary().empty()) json.raw_field("summary", found.summary());
    json.field("timestamp", iso_time(host().now_ns())).end_object();
    host().publish("job.discovered", json);
  }

  std::string metrics() {
    const auto line = [](std::string_view name, std::string_view help,
                         const std::atomic<std::uint64_t>& value) {
      return join("crawlhub_discovery_", name, "_total\tcounter\t", help, "\t\t", value.load(), '\n');
    };
    return line("areas", "Areas that crawlers reported", areas_) +
           line("entities", "Other entities that crawlers reported", entities_) +
           line("jobs", "Jobs made from discoveries", jobs_) +
           line("dropped", "Entries of discoveries that were dropped as invalid", dropped_);
  }

  DataTypes data_types_;
  PerLane<Scratch> lanes_{host()};
  std::atomic<std::uint64_t> areas_{0}, entities_{0}, jobs_{0}, dropped_{0};
};

}  // namespace crawlhub::discovery

CRAWLHUB_PLUGIN(crawlhub::discovery::DiscoveryHandler, .name = "handler-discovery", .version = "1.0.0",
                .summary = "Takes what crawlers find: areas, and the jobs that follow from them.",
                .config_schema = crawlhub::discovery::kSchema, .flags = CRAWLHUB_MAY_UNLOAD)
