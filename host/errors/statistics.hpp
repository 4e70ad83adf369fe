#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace crawlhub {

// How many came, in steps of ten seconds, over the last two hours. Times are monotonic. Thread: one.
class RateWindow {
 public:
  void add(std::int64_t now_ns, std::uint64_t count = 1);
  // How many came in the last `span_ns` that ended `ago_ns` ago; both rounded to steps.
  std::uint64_t sum(std::int64_t now_ns, std::int64_t span_ns, std::int64_t ago_ns = 0) const;

 private:
  static constexpr std::int64_t kStep_ns = 10'000'000'000;
  static constexpr std::size_t kSteps = 720;
  struct Step {
    std::int64_t number = -1;
    std::uint64_t count = 0;
  };
  std::array<Step, kSteps> steps_{};
};

// Groups messages that differ in ids and numbers only, and keeps the most frequent. Thread: one.
class TopMessages {
 public:
  struct Group {
    std::string message;  // the newest
    std::uint64_t count = 0;
    std::int64_t last_ns = 0;  // wall clock
  };
  void add(std::string_view message, std::int64_t wall_ns);
  // The most frequent first.
  std::vector<Group> top(std::size_t most) const;

 private:
  static constexpr std::size_t kMostGroups = 512;
  std::unordered_map<std::string, Group> groups_;
};

}  // namespace crawlhub
