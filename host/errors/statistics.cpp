#include "host/errors/statistics.hpp"

#include <algorithm>
#include <utility>

namespace crawlhub {

namespace {

constexpr std::size_t kMostKey = 200;

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

// The message with every word that has a digit (ids, counts, times) replaced by '#'.
std::string group_key(std::string_view message) {
  std::string key;
  std::size_t at = 0;
  while (at < message.size() && key.size() < kMostKey) {
    std::size_t end = at;
    bool digit = false;
    for (; end < message.size() && is_word(message[end]); ++end)
      digit = digit || (message[end] >= '0' && message[end] <= '9');
    if (end == at) {
      key += message[at++];
      continue;
    }
    key += digit ? std::string_view("#") : message.substr(at, end - at);
    at = end;
  }
  return key;
}

}  // namespace

void RateWindow::add(std::int64_t now_ns, std::uint64_t count) {
  const std::int64_t number = now_ns / kStep_ns;
  Step& step = steps_[static_cast<std::size_t>(number) % kSteps];
  if (step.number != number) step = {number, 0};
  step.count += count;
}

std::uint64_t RateWindow::sum(std::int64_t now_ns, std::int64_t span_ns, std::int64_t ago_ns) const {
  const std::int64_t last = (now_ns - ago_ns) / kStep_ns;
  const std::int64_t first = last - span_ns / kStep_ns;  // exclusive
  std::uint64_t total = 0;
  for (const Step& step : steps_) {
    if (step.number > first && step.number <= last) total += step.count;
  }
  return total;
}

void TopMessages::add(std::string_view message, std::int64_t wall_ns) {
  std::string key = group_key(message);
  if (groups_.size() >= kMostGroups && !groups_.contains(key)) {
    const auto rarest = std::ranges::min_element(
        groups_, {}, [](const auto& entry) { return std::pair(entry.second.count, entry.second.last_ns); });
    groups_.erase(rarest);
  }
  Group& group = groups_[std::move(key)];
  group.message = message;
  ++group.count;
  group.last_ns = wall_ns;
}

std::vector<TopMessages::Group> TopMessages::top(std::size_t most) const {
  std::vector<Group> list;
  for (const auto& [key, group] : groups_) list.push_back(group);
  std::ranges::sort(list, [](const Group& a, const Group& b) {
    return std::pair(a.count, a.last_ns) > std::pair(b.count, b.last_ns);
  });
  if (list.size() > most) list.resize(most);
  return list;
}

}  // namespace crawlhub
