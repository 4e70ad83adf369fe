#include "host/errors/deliveries.hpp"

#include <algorithm>
#include <utility>

namespace crawlhub {

namespace {
constexpr std::int64_t kPostponed_ns = 100'000'000;
constexpr std::uint32_t kMostDoublings = 10;
}  // namespace

Deliveries::Target* Deliveries::find(std::string_view name) {
  const auto at = std::ranges::find(targets_, name, &Target::name);
  return at == targets_.end() ? nullptr : &*at;
}

void Deliveries::add_notifier(std::string name, ErrorManager::Notifier notifier) {
  targets_.push_back(
      {std::move(name), std::make_shared<const ErrorManager::Notifier>(std::move(notifier)), {}, false});
}

void Deliveries::remove_notifier(std::string_view name) {
  std::erase_if(targets_, [&](const Target& target) { return target.name == name; });
}

bool Deliveries::running(std::string_view name) const {
  return std::ranges::any_of(targets_,
                             [&](const Target& target) { return target.name == name && target.running; });
}

void Deliveries::push(const ErrorNotice& notice) {
  const auto shared = std::make_shared<const ErrorNotice>(notice);
  for (Target& target : targets_) {
    if (target.waiting.size() >= kMostWaiting) {
      // The first may be on its way.
      target.waiting.erase(target.waiting.begin() + (target.running ? 1 : 0));
    }
    target.waiting.push_back({shared});
  }
}

std::optional<Deliveries::Attempt> Deliveries::take(std::int64_t now_ns) {
  for (Target& target : targets_) {
    if (target.running || target.waiting.empty() || target.waiting.front().due > now_ns) continue;
    target.running = true;
    return Attempt{target.name, target.call, target.waiting.front().notice};
  }
  return std::nullopt;
}

// backoff, doubled with each attempt, with a quarter of it as jitter: notifiers that failed together do not
// come back together.
std::int64_t Deliveries::wait_after(std::uint32_t attempts) {
  const std::int64_t wait = options_.backoff.count() << std::min(attempts - 1, kMostDoublings);
  return wait + std::uniform_int_distribution<std::int64_t>(0, wait / 4)(random_);
}

Deliveries::Outcome Deliveries::finish(std::string_view notifier, bool told, std::int64_t now_ns) {
  Target* target = find(notifier);
  if (target == nullptr) return told ? Outcome::told : Outcome::given_up;
  target->running = false;
  Waiting& first = target->waiting.front();
  if (!told && ++first.attempts < options_.attempts) {
    first.due = now_ns + wait_after(first.attempts);
    return Outcome::again;
  }
  target->waiting.pop_front();
  return told ? Outcome::told : Outcome::given_up;
}

void Deliveries::postpone(std::string_view notifier, std::int64_t now_ns) {
  Target* target = find(notifier);
  if (target == nullptr) return;
  target->running = false;
  target->waiting.front().due = now_ns + kPostponed_ns;
}

std::optional<std::int64_t> Deliveries::next_due() const {
  std::optional<std::int64_t> due;
  for (const Target& target : targets_) {
    if (target.running || target.waiting.empty()) continue;
    due = std::min(due.value_or(target.waiting.front().due), target.waiting.front().due);
  }
  return due;
}

bool Deliveries::any_running() const {
  return std::ranges::any_of(targets_, [](const Target& target) { return target.running; });
}

}  // namespace crawlhub
