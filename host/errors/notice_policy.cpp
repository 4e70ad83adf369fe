#include "host/errors/notice_policy.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace crawlhub {

bool NoticePolicy::severe(const ErrorRecord& record) const {
  return record.severity >= options_.severity ||
         (record.category == CRAWLHUB_CATEGORY_AUTHENTICATION && record.severity >= CRAWLHUB_SEVERITY_HIGH);
}

bool NoticePolicy::past_threshold(std::int64_t now_ns) const {
  return recent_.size() >= options_.threshold && !recent_.empty() &&
         now_ns - recent_.front() <= options_.window.count();
}

void NoticePolicy::add(const ErrorRecord& record, std::int64_t now_ns) {
  if (!severe(record)) return;
  recent_.push_back(now_ns);
  if (recent_.size() > std::max<std::uint64_t>(options_.threshold, 1)) recent_.pop_front();
  Episode& episode = episodes_[record.code];
  ErrorNotice& notice = episode.notice;
  if (notice.count++ == 0) notice.first_ns = record.time_ns;
  notice.last_ns = record.time_ns;
  notice.newest = record;
  if (episode.began_ns == 0) episode.began_ns = record.time_ns;
  episode.last_error = now_ns;
}

std::int64_t NoticePolicy::cooled_down(const Episode& episode) const {
  const std::int64_t since =
      episode.notice.count != 0 ? episode.last_notice : std::max(episode.last_error, episode.last_notice);
  return since + options_.cooldown.count();
}

void NoticePolicy::tell(Episode& episode, std::int64_t now_ns, std::vector<ErrorNotice>& notices) {
  notices.push_back(episode.notice);
  episode.notice.count = 0;
  episode.told = true;
  episode.last_notice = now_ns;
}

bool NoticePolicy::advance(Episode& episode, bool passed, std::int64_t now_ns,
                           std::vector<ErrorNotice>& notices) {
  if (!episode.told) {
    if (passed) tell(episode, now_ns, notices);
    return passed || now_ns - episode.last_error <= options_.window.count();
  }
  if (now_ns < cooled_down(episode)) return true;
  if (episode.notice.count != 0) {
    tell(episode, now_ns, notices);
    return true;
  }
  ErrorNotice over = episode.notice;
  over.recovered = true;
  over.first_ns = episode.began_ns;
  notices.push_back(std::move(over));
  return false;
}

void NoticePolicy::collect(std::int64_t now_ns, std::vector<ErrorNotice>& notices) {
  const bool passed = past_threshold(now_ns);
  for (auto at = episodes_.begin(); at != episodes_.end();) {
    at = advance(at->second, passed, now_ns, notices) ? std::next(at) : episodes_.erase(at);
  }
}

std::optional<std::int64_t> NoticePolicy::next_due() const {
  std::optional<std::int64_t> due;
  for (const auto& [code, episode] : episodes_) {
    const std::int64_t at =
        episode.told ? cooled_down(episode) : episode.last_error + options_.window.count() + 1;
    due = std::min(due.value_or(at), at);
  }
  return due;
}

}  // namespace crawlhub
