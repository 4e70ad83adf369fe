#include "config.hpp"

#include <algorithm>

#include <crawlhub/json_index.hpp>
#include <crawlhub/json_walk.hpp>

namespace crawlhub::jobs {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

template <class T>
T whole(const JsonIndex& keys, std::string_view key, T otherwise) {
  return static_cast<T>(keys.find(key).integer().value_or(static_cast<std::int64_t>(otherwise)));
}

std::int64_t time(const JsonIndex& keys, std::string_view key, std::int64_t seconds) {
  return whole<std::int64_t>(keys, key, seconds * kSecond);
}

}  // namespace

Config read_config(std::string_view config) {
  const JsonIndex keys(config);
  const JsonIndex backoff(keys.find("backoff").raw());
  const JsonIndex reconnect(keys.find("reconnect").raw());
  Config out;
  out.batch = whole(keys, "batch", out.batch);
  out.max_per_crawler = whole(keys, "max_per_crawler", out.max_per_crawler);
  out.queue_limit = whole(keys, "queue_limit", out.queue_limit);
  out.attempts = whole(keys, "attempts", out.attempts);
  out.lease_ns = time(keys, "lease", 300);
  out.silence_ns = time(keys, "silence", 3600);
  out.start_within_ns = time(keys, "start_within", 900);
  out.backoff_first_ns = time(backoff, "first", 10);
  out.backoff_most_ns = time(backoff, "most", 600);
  out.backoff_factor = backoff.find("factor").number().value_or(2);
  out.reconnect_hello_ns = time(reconnect, "hello", 10);
  out.reconnect_without_ns = time(reconnect, "without", 60);
  for (JsonWalk walk(keys.find("entity_types").raw()); walk.next();) {
    (out.entity_types += walk.member().string().value_or("")) += '\n';
  }
  out.key = keys.find("key").string().value_or("");
  return out;
}

std::int64_t Config::backoff_ns(std::uint32_t attempts_spent) const noexcept {
  double wait = static_cast<double>(backoff_first_ns);
  const auto most = static_cast<double>(backoff_most_ns);
  for (std::uint32_t i = 1; i < attempts_spent && wait < most; ++i) wait *= backoff_factor;
  return static_cast<std::int64_t>(std::min(wait, most));
}

}  // namespace crawlhub::jobs
