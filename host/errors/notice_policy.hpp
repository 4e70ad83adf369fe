#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "host/errors/manager.hpp"

namespace crawlhub {

// Decides of which errors people are told, and when: only severe ones, only past a threshold, each code at
// most once in a cool-down, and once more when it is over. Times are monotonic. Thread: one.
class NoticePolicy {
 public:
  explicit NoticePolicy(const ErrorManager::Options& options) : options_(options) {}

  void add(const ErrorRecord& record, std::int64_t now_ns);
  // Appends what is to be told now.
  void collect(std::int64_t now_ns, std::vector<ErrorNotice>& notices);
  // When collect has something to do, if no error comes before; nothing where there is none.
  std::optional<std::int64_t> next_due() const;

 private:
  struct Episode {
    ErrorNotice notice;  // what came since the last one was told
    bool told = false;   // people know that it goes on
    std::int64_t last_error = 0;
    std::int64_t last_notice = 0;
    std::int64_t began_ns = 0;  // wall clock
  };

  bool severe(const ErrorRecord& record) const;
  bool past_threshold(std::int64_t now_ns) const;
  void tell(Episode& episode, std::int64_t now_ns, std::vector<ErrorNotice>& notices);
  // False where the episode is over.
  bool advance(Episode& episode, bool passed, std::int64_t now_ns, std::vector<ErrorNotice>& notices);
  std::int64_t cooled_down(const Episode& episode) const;

  const ErrorManager::Options options_;
  std::deque<std::int64_t> recent_;           // times of the newest severe errors, as many as the threshold
  std::map<std::int32_t, Episode> episodes_;  // by code
};

}  // namespace crawlhub
