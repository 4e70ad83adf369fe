#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <crawlhub/abi/errors.h>

#include "host/observe/metrics.hpp"

namespace crawlhub {
namespace {

// {key="value",other="value"}, with \\, \" and \n escaped as Prometheus has them.
class LabelReader {
 public:
  explicit LabelReader(std::string_view text) : text_(text) {}

  std::optional<MetricLabels> read() {
    MetricLabels labels;
    if (text_.empty()) return labels;
    if (!take('{')) return std::nullopt;
    while (!take('}')) {
      if (!labels.empty() && !take(',')) return std::nullopt;
      const std::size_t equals = text_.find('=');
      if (equals == std::string_view::npos) return std::nullopt;
      auto& label = labels.emplace_back(std::string(text_.substr(0, equals)), std::string());
      text_.remove_prefix(equals + 1);
      if (!take_value(label.second)) return std::nullopt;
    }
    if (!text_.empty()) return std::nullopt;
    return labels;
  }

 private:
  bool take(char c) {
    if (text_.empty() || text_[0] != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool take_value(std::string& value) {
    if (!take('"')) return false;
    while (!take('"')) {
      if (text_.empty()) return false;
      const bool escaped = take('\\');
      if (text_.empty()) return false;
      value += escaped && text_[0] == 'n' ? '\n' : text_[0];
      text_.remove_prefix(1);
    }
    return true;
  }

  std::string_view text_;
};

std::optional<MetricType> type_named(std::string_view name) {
  if (name == "counter") return MetricType::counter;
  if (name == "gauge") return MetricType::gauge;
  return std::nullopt;
}

// The part of line before the first separator, which goes too.
std::string_view take_until(std::string_view& line, char separator) {
  const std::string_view part = line.substr(0, line.find(separator));
  line.remove_prefix(std::min(part.size() + 1, line.size()));
  return part;
}

bool append_line(std::string_view line, std::vector<MetricFamily>& families) {
  std::array<std::string_view, 4> parts;  // name, type, help, labels
  for (auto& part : parts) part = take_until(line, '\t');
  const auto type = type_named(parts[1]);
  auto labels = LabelReader(parts[3]).read();
  double value = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
  if (parts[0].empty() || !type || !labels || error != std::errc() || end != line.data() + line.size())
    return false;
  MetricSample sample;
  sample.labels = std::move(*labels);
  sample.value = value;
  if (families.empty() || families.back().name != parts[0]) {
    families.push_back({std::string(parts[0]), std::string(parts[2]), *type, {}});
  }
  families.back().samples.push_back(std::move(sample));
  return true;
}

}  // namespace

Status append_metric_lines(std::string_view text, std::vector<MetricFamily>& families) {
  Status first_bad;
  while (!text.empty()) {
    const std::string_view line = take_until(text, '\n');
    if (line.empty() || append_line(line, families) || !first_bad.ok()) continue;
    first_bad = Status(CRAWLHUB_E_PLUGIN_FAILED,
                       "metrics line \"" + std::string(line) +
                           "\" is not name TAB counter or gauge TAB help TAB {labels} TAB value");
  }
  return first_bad;
}

}  // namespace crawlhub
