#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/core/status.hpp"

namespace crawlhub {

enum class MetricType { counter, gauge, histogram };

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

// One line of a scrape, or, for a histogram, one set of buckets.
struct MetricSample {
  MetricLabels labels;
  double value = 0;  // Of a counter or gauge.

  struct Bucket {
    double upper_bound;        // In the unit of the metric's name.
    std::uint64_t cumulative;  // Observations up to upper_bound.
  };
  std::vector<Bucket> buckets;  // Of a histogram; without the one of +Inf.
  std::uint64_t count = 0;
  double sum = 0;
};

struct MetricFamily {
  std::string name;  // "crawlhub_messages_total"
  std::string help;  // One sentence.
  MetricType type = MetricType::counter;
  std::vector<MetricSample> samples;
};

// Where the layers say what they count. Nothing is looked up by label but at a scrape: each layer keeps plain
// counters (counter.hpp) and registers a collector that reads them. Thread: any.
class MetricsRegistry {
 public:
  // Appends families, all samples of a name in one or several of them. Thread: that of render().
  using Collector = std::function<void(std::vector<MetricFamily>&)>;

  // Ends the registration when it goes; the collector does not run afterwards.
  class Registration {
   public:
    Registration() = default;
    Registration(Registration&&) noexcept = default;
    Registration& operator=(Registration&& other) noexcept;
    ~Registration();

   private:
    friend class MetricsRegistry;
    struct Entry;
    explicit Registration(std::shared_ptr<Entry> entry) : entry_(std::move(entry)) {}
    std::shared_ptr<Entry> entry_;
  };

  MetricsRegistry();
  ~MetricsRegistry();
  MetricsRegistry(const MetricsRegistry&) = delete;
  MetricsRegistry& operator=(const MetricsRegistry&) = delete;

  [[nodiscard]] Registration add(Collector collector);

  // All families, by name, one family a name; samples of equal labels are added up (of a gauge, too). What
  // Prometheus would refuse the whole scrape for (a bad name, two types for a name) is left out, and counted
  // in crawlhub_metrics_rejected.
  std::vector<MetricFamily> collect() const;

  // The Prometheus text format.
  std::string render() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Reads the lines of a plugin's metrics section (crawlhub/abi/host.h): name TAB type TAB help TAB labels TAB
// value. Good lines are appended even where another is bad; the status names the first bad one.
Status append_metric_lines(std::string_view text, std::vector<MetricFamily>& families);

}  // namespace crawlhub
