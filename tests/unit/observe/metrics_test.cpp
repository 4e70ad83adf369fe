#include "host/observe/metrics.hpp"

#include <catch2/catch.hpp>

#include "host/observe/counter.hpp"
#include "host/observe/process_metrics.hpp"

using Catch::Contains;
using crawlhub::Counter;
using crawlhub::Histogram;
using crawlhub::MetricFamily;
using crawlhub::MetricSample;
using crawlhub::MetricsRegistry;
using crawlhub::MetricType;

namespace {

MetricSample sample(double value, crawlhub::MetricLabels labels = {}) {
  MetricSample result;
  result.value = value;
  result.labels = std::move(labels);
  return result;
}

}  // namespace

TEST_CASE("a collector's families are rendered as Prometheus text") {
  Counter messages;
  messages.add();
  messages.add(41);
  MetricsRegistry registry;
  const auto registration = registry.add([&](std::vector<MetricFamily>& families) {
    families.push_back({"crawlhub_messages_total",
                        "Messages taken.",
                        MetricType::counter,
                        {sample(static_cast<double>(messages.value()), {{"type", "job \"x\"\n"}})}});
    families.push_back({"crawlhub_connections", "Open now.", MetricType::gauge, {sample(3)}});
  });
  const std::string text = registry.render();
  CHECK_THAT(text, Contains("# HELP crawlhub_messages_total Messages taken.\n"
                            "# TYPE crawlhub_messages_total counter\n"
                            "crawlhub_messages_total{type=\"job \\\"x\\\"\\n\"} 42\n"));
  CHECK_THAT(text, Contains("# TYPE crawlhub_connections gauge\ncrawlhub_connections 3\n"));
  messages.add();
  CHECK_THAT(registry.render(), Contains("} 43\n"));
}

TEST_CASE("a metric told by several collectors is one family, equal labels added up") {
  MetricsRegistry registry;
  std::vector<MetricsRegistry::Registration> registrations;
  for (const char* worker : {"0", "1", "1"}) {
    registrations.push_back(registry.add([worker](std::vector<MetricFamily>& families) {
      families.push_back({"busy_total", "Busy.", MetricType::counter, {sample(2, {{"worker", worker}})}});
    }));
  }
  const std::string text = registry.render();
  CHECK(text.find("# TYPE busy_total") == text.rfind("# TYPE busy_total"));
  CHECK_THAT(text, Contains("busy_total{worker=\"0\"} 2\n") && Contains("busy_total{worker=\"1\"} 4\n"));
}

TEST_CASE("a registration that goes takes its metrics with it") {
  MetricsRegistry registry;
  auto registration = registry.add(crawlhub::collect_process_metrics);
  CHECK_FALSE(registry.collect().empty());
  registration = {};
  CHECK(registry.collect().empty());
}

TEST_CASE("what would spoil the scrape is left out and counted") {
  MetricsRegistry registry;
  const auto registration = registry.add([](std::vector<MetricFamily>& families) {
    families.push_back({"good", "", MetricType::gauge, {sample(1), sample(2, {{"bad-label", "x"}})}});
    families.push_back({"good", "", MetricType::counter, {sample(5)}});
    families.push_back({"bad name", "", MetricType::gauge, {sample(1)}});
    families.push_back({"9lives", "", MetricType::gauge, {sample(1)}});
  });
  const std::string text = registry.render();
  CHECK_THAT(text, Contains("good 1\n") && Contains("crawlhub_metrics_rejected 4\n"));
  CHECK_THAT(text, !Contains("bad-label") && !Contains("TYPE bad") && !Contains("9lives"));
}

TEST_CASE("a histogram counts into buckets, and writers add up") {
  static constexpr std::array<std::uint64_t, 2> kBounds = {1000, 2000};
  Histogram first(kBounds), second(kBounds);
  for (const std::uint64_t value : {1u, 1000u, 1001u, 5000u}) first.observe(value);
  second.observe(2000);
  MetricsRegistry registry;
  const auto registration = registry.add([&](std::vector<MetricFamily>& families) {
    MetricSample all;
    first.add_to(all, 1000);
    second.add_to(all, 1000);
    families.push_back({"took_seconds", "Time.", MetricType::histogram, {all}});
  });
  const std::string text = registry.render();
  CHECK_THAT(text,
             Contains("took_seconds_bucket{le=\"1\"} 2\n") && Contains("took_seconds_bucket{le=\"2\"} 4\n") &&
                 Contains("took_seconds_bucket{le=\"+Inf\"} 5\n") && Contains("took_seconds_count 5\n"));
  CHECK_THAT(text, Contains("took_seconds_sum 9.00"));
}

TEST_CASE("a plugin's metric lines are read") {
  std::vector<MetricFamily> families;
  const auto status = crawlhub::append_metric_lines(
      "jobs\tgauge\tJobs by state.\t{state=\"queued\",host=\"a,\\\"b\\\"\"}\t3\n"
      "jobs\tgauge\tJobs by state.\t{state=\"running\"}\t1.5\n"
      "done_total\tcounter\tDone.\t\t7\n",
      families);
  REQUIRE(status.ok());
  REQUIRE(families.size() == 2);
  CHECK(families[0].samples.size() == 2);
  CHECK(families[0].samples[0].labels[1].second == "a,\"b\"");
  CHECK(families[0].samples[1].value == 1.5);
  CHECK(families[1].type == MetricType::counter);
}

TEST_CASE("a bad metric line is named, the good ones stay") {
  for (const char* bad : {"x", "x\tgauge\thelp\t{}\t", "x\tgauge\thelp\t{a=}\t1", "x\thistogram\th\t\t1",
                          "x\tgauge\th\t{a=\"b\t1", "x\tgauge\th\t{a=\"b\"}z\t1", "x\tgauge\th\t\t1z",
                          "\tgauge\th\t\t1", "x\tgauge\th\t{a=\"b\"\t1"}) {
    INFO(bad);
    std::vector<MetricFamily> families;
    const auto status = crawlhub::append_metric_lines(std::string(bad) + "\ngood\tgauge\th\t\t1\n", families);
    CHECK_FALSE(status.ok());
    CHECK_THAT(status.text(), Contains("metrics line"));
    REQUIRE(families.size() == 1);
    CHECK(families[0].name == "good");
  }
}

TEST_CASE("the process tells of itself") {
  std::vector<MetricFamily> families;
  crawlhub::collect_process_metrics(families);
  const auto value = [&](std::string_view name) {
    for (const auto& family : families) {
      if (family.name == name) return family.samples[0].value;
    }
    return -1.0;
  };
  CHECK(value("process_resident_memory_bytes") > 1e6);
  CHECK(value("process_open_fds") >= 3);
  CHECK(value("process_threads") >= 1);
  CHECK(value("process_start_time_seconds") > 1.6e9);
  CHECK(value("process_cpu_seconds_total") >= 0);
}
