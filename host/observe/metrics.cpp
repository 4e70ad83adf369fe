#include "host/observe/metrics.hpp"

#include <algorithm>
#include <map>
#include <mutex>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace crawlhub {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_name(std::string_view name, bool colons) {
  const auto may = [&](char c) { return is_letter(c) || (colons && c == ':'); };
  return !name.empty() && may(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return may(c) || is_digit(c); });
}

bool has_good_labels(const MetricSample& sample) {
  return std::all_of(sample.labels.begin(), sample.labels.end(),
                     [](const auto& label) { return is_name(label.first, false); });
}

void add_up(MetricSample& into, const MetricSample& other) {
  into.value += other.value;
  into.count += other.count;
  into.sum += other.sum;
  for (std::size_t i = 0; i < std::min(into.buckets.size(), other.buckets.size()); ++i) {
    into.buckets[i].cumulative += other.buckets[i].cumulative;
  }
}

// Gathers families of several collectors into one each.
class Merging {
 public:
  void take(MetricFamily&& family) {
    auto& entry = families_[family.name];
    if (entry.samples.empty()) {
      entry.help = std::move(family.help);
      entry.type = family.type;
    }
    if (!is_name(family.name, true) || entry.type != family.type) {
      rejected_ += family.samples.size();
      return;
    }
    for (MetricSample& sample : family.samples) take(entry, std::move(sample));
  }

  std::vector<MetricFamily> finish() && {
    std::vector<MetricFamily> result;
    for (auto& [name, entry] : families_) {
      if (entry.samples.empty()) continue;
      MetricFamily& family = result.emplace_back(MetricFamily{name, std::move(entry.help), entry.type, {}});
      for (auto& [labels, sample] : entry.samples) family.samples.push_back(std::move(sample));
    }
    if (rejected_ != 0) {
      MetricSample sample;
      sample.value = static_cast<double>(rejected_);
      result.push_back({"crawlhub_metrics_rejected",
                        "Samples left out of this scrape: bad name, or two types.",
                        MetricType::gauge,
                        {std::move(sample)}});
    }
    return result;
  }

 private:
  struct Entry {
    std::string help;
    MetricType type = MetricType::counter;
    std::map<MetricLabels, MetricSample> samples;
  };

  void take(Entry& entry, MetricSample&& sample) {
    if (!has_good_labels(sample)) {
      ++rejected_;
      return;
    }
    MetricLabels key = sample.labels;
    std::sort(key.begin(), key.end());
    const auto found = entry.samples.find(key);
    if (found != entry.samples.end()) {
      add_up(found->second, sample);
    } else {
      entry.samples.emplace(std::move(key), std::move(sample));
    }
  }

  std::map<std::string, Entry> families_;
  std::uint64_t rejected_ = 0;
};

prometheus::MetricType to_prometheus(MetricType type) {
  switch (type) {
    case MetricType::counter:
      return prometheus::MetricType::Counter;
    case MetricType::gauge:
      return prometheus::MetricType::Gauge;
    case MetricType::histogram:
      return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

prometheus::ClientMetric to_prometheus(const MetricSample& sample) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
  metric.counter.value = metric.gauge.value = sample.value;
  metric.histogram.sample_count = sample.count;
  metric.histogram.sample_sum = sample.sum;
  for (const auto& bucket : sample.buckets) {
    metric.histogram.bucket.push_back({bucket.cumulative, bucket.upper_bound});
  }
  return metric;
}

}  // namespace

struct MetricsRegistry::Registration::Entry {
  std::mutex mutex;  // Held while the collector runs.
  Collector collector;
};

struct MetricsRegistry::State {
  std::mutex mutex;
  std::vector<std::weak_ptr<Registration::Entry>> entries;
};

MetricsRegistry::Registration& MetricsRegistry::Registration::operator=(Registration&& other) noexcept {
  std::swap(entry_, other.entry_);
  return *this;
}

MetricsRegistry::Registration::~Registration() {
  if (!entry_) return;
  const std::lock_guard lock(entry_->mutex);
  entry_->collector = nullptr;
}

MetricsRegistry::MetricsRegistry() : state_(std::make_shared<State>()) {}
MetricsRegistry::~MetricsRegistry() = default;

MetricsRegistry::Registration MetricsRegistry::add(Collector collector) {
  auto entry = std::make_shared<Registration::Entry>();
  entry->collector = std::move(collector);
  const std::lock_guard lock(state_->mutex);
  std::erase_if(state_->entries, [](const auto& old) { return old.expired(); });
  state_->entries.push_back(entry);
  return Registration(std::move(entry));
}

std::vector<MetricFamily> MetricsRegistry::collect() const {
  std::vector<std::weak_ptr<Registration::Entry>> entries;
  {
    const std::lock_guard lock(state_->mutex);
    entries = state_->entries;
  }
  Merging merging;
  for (const auto& weak : entries) {
    const auto entry = weak.lock();
    if (!entry) continue;
    std::vector<MetricFamily> families;
    {
      const std::lock_guard lock(entry->mutex);
      if (entry->collector) entry->collector(families);
    }
    for (MetricFamily& family : families) merging.take(std::move(family));
  }
  return std::move(merging).finish();
}

std::string MetricsRegistry::render() const {
  std::vector<prometheus::MetricFamily> result;
  for (const MetricFamily& family : collect()) {
    auto& out = result.emplace_back();
    out.name = family.name;
    out.help = family.help;
    out.type = to_prometheus(family.type);
    for (const MetricSample& sample : family.samples) out.metric.push_back(to_prometheus(sample));
  }
  return prometheus::TextSerializer().Serialize(result);
}

}  // namespace crawlhub
