#pragma once

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

#include <crawlhub/client/client.hpp>

namespace crawlhub::client {

inline Result<std::unique_ptr<Client>> Client::start(Options options) {
  auto address = parse_address(options.hub);
  if (!address) return Failure{address.error()};
  if (options.crawler_id.empty()) return Failure{"crawler_id is empty: expected a name unique in the fleet"};
  return std::unique_ptr<Client>(new Client(std::move(options), std::move(*address)));
}

inline NextJob Client::next_job(Milliseconds wait) {
  std::unique_lock lock(shared_.mutex);
  auto& pull = shared_.pull;
  const auto deadline = detail::Clock::now() + wait;
  const auto last_moment = deadline + shared_.options.answer_timeout;
  const auto asked_before = pull.before_now();
  ++pull.waiters;
  pull.wanted_until = std::max(pull.wanted_until, deadline);
  pull.next = {};
  shared_.work.raise();
  NextJob next;
  while (true) {
    const bool no_question = pull.answered > asked_before || shared_.free_slots() == 0u;
    const auto until = no_question ? deadline : last_moment;
    if (shared_.stopping) {
      next.why = NextJob::Why::stopped;
    } else if (!shared_.ready.empty()) {
      next = {NextJob::Why::job, std::move(shared_.ready.front())};
      shared_.ready.pop_front();
    } else if (detail::Clock::now() >= until) {
      next.why = no_question ? NextJob::Why::none : NextJob::Why::no_answer;
    } else {
      shared_.changed.wait_until(lock, until);
      continue;
    }
    --pull.waiters;
    return next;
  }
}

inline bool Client::push(std::string_view type, const Job* job, const Json& data) {
  const std::string id = job == nullptr ? std::string() : job->id;
  std::string text = make_message(type, id, data);
  std::unique_lock lock(shared_.mutex);
  const auto room = [this] {
    return shared_.stopping || shared_.outbox.bytes() < shared_.options.buffer_bytes;
  };
  if (!shared_.on_io_thread()) shared_.changed.wait(lock, room);
  if (shared_.stopping) return false;
  const auto lease = job == nullptr ? std::nullopt : shared_.held.lease(id, job->lease);
  shared_.outbox.push({std::string(type), id, std::move(text), lease, false, 0});
  if (type == "job_started") shared_.held.start(id);
  if (type == "job_completed") ++shared_.jobs_done;
  if (type == "job_completed" || type == "job_failed") shared_.held.remove(id);
  shared_.work.raise();
  return true;
}

inline bool Client::send(std::string_view type, const Job* job, const Json& data) {
  return push(type, job, data);
}

inline void Client::started(const Job& job) {
  push("job_started", &job, {{"entityType", job.entity_type}, {"entityId", job.entity_id}});
}

inline void Client::progress(const Job& job, const Progress& progress) {
  push("job_progress", &job, to_json(progress));
}

inline void Client::completed(const Job& job, const Counts& final_counts,
                              const std::vector<std::string>& output_files, std::string_view message) {
  push("job_completed", &job, completed_data(final_counts, output_files, message));
}

inline void Client::failed(const Job& job, const JobFailure& failure) {
  push("job_failed", &job, to_json(failure));
}

inline void Client::jobs_discovered(const Job& job, const std::vector<DiscoveredJob>& jobs,
                                    const std::optional<DiscoverySummary>& summary) {
  push("jobs_discovered", &job, jobs_discovered_data(jobs, summary));
}

inline void Client::discovery(const Job& job, std::string_view entity_type,
                              const std::vector<DiscoveredEntity>& entities) {
  push("discovery", &job, discovery_data(entity_type, entities));
}

inline void Client::release(const Job& job) {
  const std::lock_guard lock(shared_.mutex);
  shared_.held.remove(job.id);
  shared_.changed.notify_all();
}

inline JobState Client::state(const Job& job) const {
  const std::lock_guard lock(shared_.mutex);
  return shared_.held.state(job.id);
}

inline bool Client::keep_going(const Job& job) {
  std::unique_lock lock(shared_.mutex);
  shared_.changed.wait(lock,
                       [&] { return shared_.stopping || shared_.held.state(job.id) != JobState::paused; });
  return !shared_.stopping && shared_.held.state(job.id) == JobState::running;
}

inline Result<Token> Client::refresh_token(const Job& job, Milliseconds timeout) {
  {
    const std::lock_guard lock(shared_.mutex);
    if (!shared_.tokens.try_emplace(job.id).second)
      return Failure{"a token for this job is being asked for already"};
  }
  push("token_refresh_request", &job, {{"current_token_expired", true}});
  std::unique_lock lock(shared_.mutex);
  auto& answer = shared_.tokens[job.id];
  shared_.changed.wait_for(lock, timeout, [&] { return shared_.stopping || answer.has_value(); });
  const auto token = std::move(answer);
  shared_.tokens.erase(job.id);
  if (!token) return Failure{shared_.stopping ? "stopped" : "no answer from the hub in time"};
  if (!token->error.empty()) return Failure{token->error};
  return Token{token->access_token, token->expires_at};
}

inline bool Client::wait_acked(Milliseconds timeout) {
  std::unique_lock lock(shared_.mutex);
  const auto order = shared_.outbox.last_order();
  shared_.changed.wait_for(lock, timeout,
                           [&] { return shared_.stopping || shared_.outbox.done_up_to(order); });
  return shared_.outbox.done_up_to(order);
}

inline bool Client::connected() const {
  const std::lock_guard lock(shared_.mutex);
  return shared_.welcome.has_value();
}

inline bool Client::wait_connected(Milliseconds timeout) {
  std::unique_lock lock(shared_.mutex);
  return shared_.changed.wait_for(lock, timeout, [this] { return shared_.stopping || shared_.welcome; }) &&
         !shared_.stopping;
}

inline std::string Client::last_error() const {
  const std::lock_guard lock(shared_.mutex);
  return shared_.last_error;
}

inline std::size_t Client::held() const {
  const std::lock_guard lock(shared_.mutex);
  return shared_.held.size();
}

inline std::size_t Client::unacked() const {
  const std::lock_guard lock(shared_.mutex);
  return shared_.outbox.unacked();
}

inline void Client::stop() {
  const std::lock_guard lock(shared_.mutex);
  shared_.stopping = true;
  shared_.stop.raise();
  shared_.changed.notify_all();
}

}  // namespace crawlhub::client
