#include "host/app/hub_metrics.hpp"

#include <crawlhub/abi/errors.h>

#include "host/app/hub.hpp"
#include "host/errors/catalogue.hpp"
#include "host/version.hpp"

namespace crawlhub {

namespace {

MetricFamily family(std::string name, std::string help, MetricType type) {
  MetricFamily made;
  made.name = std::move(name);
  made.help = std::move(help);
  made.type = type;
  return made;
}

void add(MetricFamily& to, MetricLabels labels, double value) {
  MetricSample sample;
  sample.labels = std::move(labels);
  sample.value = value;
  to.samples.push_back(std::move(sample));
}

MetricFamily single(std::string name, std::string help, MetricType type, double value) {
  MetricFamily made = family(std::move(name), std::move(help), type);
  add(made, {}, value);
  return made;
}

MetricFamily messages(Hub& hub) {
  MetricFamily made = family("crawlhub_messages_total", "Messages by type and outcome.", MetricType::counter);
  const auto routes = hub.pipeline().routes();
  std::uint64_t unknown = 0;
  for (std::uint32_t i = 0; i < hub.workers().count(); ++i)
    unknown += hub.workers().worker(i).lane().unknown().value();
  for (const Route* route : routes) {
    std::uint64_t accepted = 0, refused = 0;
    for (std::uint32_t i = 0; i < hub.workers().count(); ++i) {
      const Lane& lane = hub.workers().worker(i).lane();
      accepted += lane.accepted(route->number).value();
      refused += lane.refused(route->number).value();
    }
    add(made, {{"type", route->type}, {"outcome", "accepted"}}, static_cast<double>(accepted));
    add(made, {{"type", route->type}, {"outcome", "refused"}}, static_cast<double>(refused));
  }
  add(made, {{"type", "unknown"}, {"outcome", "refused"}}, static_cast<double>(unknown));
  return made;
}

MetricFamily plugin_seconds(Hub& hub) {
  MetricFamily made = family("crawlhub_plugin_call_seconds",
                             "Duration of calls into a plugin on the message path; one call in 64 is timed.",
                             MetricType::histogram);
  const auto serving = hub.plugins().serving();
  for (std::size_t number = 0; number < serving.size(); ++number) {
    if (serving[number]->handler() == nullptr && serving[number]->middleware() == nullptr) continue;
    MetricSample sample;
    sample.labels = {{"plugin", serving[number]->name()}};
    for (std::uint32_t i = 0; i < hub.workers().count(); ++i)
      hub.workers().worker(i).lane().call_times().of(number).add_to(sample, 1e9);
    made.samples.push_back(std::move(sample));
  }
  return made;
}

MetricFamily plugin_counters(Hub& hub, bool failures) {
  MetricFamily made =
      family(failures ? "crawlhub_plugin_failures_total" : "crawlhub_plugin_calls_total",
             failures ? "Calls into a plugin that failed." : "Calls into a plugin.", MetricType::counter);
  for (const Instance* instance : hub.plugins().serving())
    add(made, {{"plugin", instance->name()}},
        static_cast<double>(failures ? instance->failures() : instance->calls()));
  return made;
}

MetricFamily errors(Hub& hub) {
  MetricFamily made = family("crawlhub_errors_total", "Errors by category.", MetricType::counter);
  for (std::int32_t category = CRAWLHUB_CATEGORY_CONNECTION; category <= CRAWLHUB_CATEGORY_INTERNAL;
       ++category)
    add(made, {{"category", std::string(category_name(category))}},
        static_cast<double>(hub.errors().by_category(category)));
  return made;
}

MetricFamily histogram(std::string name, std::string help, const Histogram& observed, double divisor) {
  MetricFamily made = family(std::move(name), std::move(help), MetricType::histogram);
  MetricSample sample;
  observed.add_to(sample, divisor);
  made.samples.push_back(std::move(sample));
  return made;
}

}  // namespace

void collect_metrics(Hub& hub, std::vector<MetricFamily>& families) {
  const NetTotals totals = hub.workers().totals();
  const auto gauge = [&](const char* name, const char* help, double value) {
    families.push_back(single(name, help, MetricType::gauge, value));
  };
  const auto counter = [&](const char* name, const char* help, std::uint64_t value) {
    families.push_back(single(name, help, MetricType::counter, static_cast<double>(value)));
  };
  MetricFamily build = family("crawlhub_build_info", "The version that runs.", MetricType::gauge);
  add(build, {{"version", kVersion}}, 1);
  families.push_back(std::move(build));
  gauge("crawlhub_uptime_seconds", "Since the start.", static_cast<double>(hub.uptime_ns()) * 1e-9);
  gauge("crawlhub_connections", "Connections that are open.", static_cast<double>(totals.connections));
  counter("crawlhub_connections_accepted_total", "Connections accepted so far.", totals.accepted);
  counter("crawlhub_connections_rejected_total", "Connections refused by limits.connections.",
          totals.rejected);
  counter("crawlhub_received_bytes_total", "Bytes read from crawlers.", totals.bytes_in);
  counter("crawlhub_sent_bytes_total", "Bytes written to crawlers.", totals.bytes_out);
  gauge("crawlhub_storage_queue_operations", "Operations queued or being committed.",
        static_cast<double>(hub.writer().depth()));
  gauge("crawlhub_storage_outage", "1 while the storage cannot commit.", hub.writer().outage() ? 1 : 0);
  families.push_back(messages(hub));
  families.push_back(histogram("crawlhub_storage_commit_seconds", "Duration of a commit.",
                               hub.writer().commit_seconds(), 1e9));
  families.push_back(histogram("crawlhub_storage_batch_operations", "Operations in a commit.",
                               hub.writer().batch_sizes(), 1));
  families.push_back(plugin_seconds(hub));
  families.push_back(plugin_counters(hub, false));
  families.push_back(plugin_counters(hub, true));
  families.push_back(errors(hub));
  for (const auto& [name, text] : hub.sections(CRAWLHUB_SECTION_METRICS))
    static_cast<void>(append_metric_lines(text, families));
}

}  // namespace crawlhub
