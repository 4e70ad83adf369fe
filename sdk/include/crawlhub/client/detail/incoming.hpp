#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <crawlhub/client/ack_parser.hpp>
#include <crawlhub/client/detail/shared.hpp>
#include <crawlhub/client/job.hpp>

namespace crawlhub::client::detail {

/// Understands what the hub sends and changes the shared state by it. Every call needs the mutex; what the
/// user's callbacks must hear is collected in `calls` and made by the io thread after the mutex was let go.
class Incoming {
 public:
  explicit Incoming(Shared& shared) : shared_(shared) {}

  std::vector<std::function<void()>> calls;
  std::string parting;  ///< what the hub said before it closed, or instead of `welcome`

  void line(std::string_view text) {
    if (const auto ack = parse_ack(text)) return acked(*ack);
    const Json message = Json::parse(text, nullptr, false);
    if (!message.is_object()) return;
    static const Json nothing = Json::object();
    const auto member = message.find("data");
    const Json& data = member != message.end() && member->is_object() ? *member : nothing;
    const auto type = text_of(message, "type");
    if (type == "welcome") welcome(data);
    if (type == "error") error(data);
    if (type == "job_response" || type == "job_assignment") jobs(message, type == "job_response");
    if (type == "token_refresh_response") token(text_of(message, "jobId"), data);
    if (type == "shutdown") shutdown(data);
    if (type == "pause_job") job_state(text_of(message, "jobId"), JobState::paused);
    if (type == "resume_job") job_state(text_of(message, "jobId"), JobState::running);
    if (type == "cancel_job") job_state(text_of(message, "jobId"), JobState::cancelled);
  }

 private:
  template <class Callback, class... Args>
  void tell(const Callback& callback, Args... args) {
    if (callback) calls.push_back([&callback, ... args = std::move(args)] { callback(args...); });
  }

  void welcome(const Json& data) {
    Welcome welcome;
    welcome.connection_id = text_of(data, "connectionId");
    welcome.protocol_version = text_of(data, "protocolVersion");
    welcome.durability = text_of(data, "durability");
    welcome.heartbeat_interval = std::chrono::milliseconds(number_of(data, "heartbeatInterval").value_or(0));
    if (const auto granted = data.find("capabilities"); granted != data.end() && granted->is_array()) {
      for (const auto& name : *granted) {
        if (name.is_string()) welcome.capabilities.push_back(name.get<std::string>());
      }
    }
    shared_.welcome = welcome;
    shared_.pull.next = {};
    tell(shared_.options.callbacks.on_connected, std::move(welcome));
  }

  void error(const Json& data) {
    HubError error{text_of(data, "category"), text_of(data, "severity"), code_of(data),
                   text_of(data, "error")};
    const bool ends_connection = error.category == "connection" || error.category == "authentication";
    if (!shared_.welcome || ends_connection)
      parting = error.error.empty() ? "refused by the hub" : error.error;
    tell(shared_.options.callbacks.on_error, std::move(error));
  }

  void jobs(const Json& message, bool answers) {
    auto& pull = shared_.pull;
    const bool empty_handed = add_jobs(message) == 0;
    if (!answers || !pull.outstanding) return;
    pull.outstanding = false;
    pull.answered = pull.asked;
    // A hub that held the request for most of its time did wait for a job; one that answers at once is asked
    // less often.
    const auto now = Clock::now();
    const bool waited = pull.hub_wait.count() > 0 && now - pull.asked_at >= pull.hub_wait / 2;
    pull.next = empty_handed && !waited ? now + shared_.options.poll_interval : now;
  }

  std::size_t add_jobs(const Json& message) {
    std::size_t fresh = 0;
    for (auto& job : jobs_in(message)) {
      if (shared_.held.add(job)) {
        shared_.ready.push_back(std::move(job));
        ++fresh;
      } else {
        shared_.outbox.set_lease(job.id, job.lease);
        shared_.held.set_state(job.id, JobState::running);
      }
    }
    return fresh;
  }

  void token(const std::string& job_id, const Json& data) {
    const auto waiting = shared_.tokens.find(job_id);
    if (waiting == shared_.tokens.end()) return;
    TokenAnswer answer{text_of(data, "accessToken"), text_of(data, "expiresAt"), {}};
    const auto success = data.find("refreshSuccessful");
    if (success == data.end() || !success->is_boolean() || !success->get<bool>() ||
        answer.access_token.empty()) {
      answer.error = text_of(data, "error_message");
      if (answer.error.empty()) answer.error = "the hub could not renew the token";
    }
    waiting->second = std::move(answer);
  }

  void shutdown(const Json& data) {
    Shutdown shutdown;
    if (const auto graceful = data.find("graceful"); graceful != data.end() && graceful->is_boolean()) {
      shutdown.graceful = graceful->get<bool>();
    }
    shutdown.timeout = std::chrono::seconds(number_of(data, "timeout_seconds").value_or(30));
    shutdown.reason = text_of(data, "reason");
    shared_.shutting_down = true;
    tell(shared_.options.callbacks.on_shutdown, std::move(shutdown));
  }

  void job_state(const std::string& job_id, JobState state) {
    if (shared_.held.set_state(job_id, state)) tell(shared_.options.callbacks.on_job_state, job_id, state);
  }

  static std::string code_of(const Json& entry) {
    const auto code = entry.find("code");
    if (code == entry.end()) return {};
    return code->is_string() ? code->get<std::string>() : code->dump();
  }

  /// The hub's words for: drop this job, it is another's or has ended.
  static bool not_ours(std::string_view code) {
    constexpr std::string_view kCodes[] = {"unknown_job", "not_holder", "ended", "wrong_state",
                                           "stale_lease"};
    return std::find(std::begin(kCodes), std::end(kCodes), code) != std::end(kCodes);
  }

  void acked(const AckView& ack) {
    std::vector<Rejection> rejections;
    std::map<std::uint64_t, std::size_t> refused;
    for_each_rejected(ack, [&](std::uint64_t seq, std::string_view text) {
      const Json entry = Json::parse(text, nullptr, false);
      if (!entry.is_object()) return;
      const auto retry = entry.find("retry");
      refused[seq] = rejections.size();
      rejections.push_back({{},
                            {},
                            code_of(entry),
                            text_of(entry, "error"),
                            retry != entry.end() && retry->is_boolean() && retry->get<bool>()});
    });
    shared_.outbox.acked(ack.seq, refused, [&](Outgoing message, std::size_t index) {
      this->refused(std::move(message), std::move(rejections[index]));
    });
  }

  void refused(Outgoing message, Rejection why) {
    why.type = message.type;
    why.job_id = message.job_id;
    if (message.type == "job_request" && shared_.pull.outstanding) {
      shared_.pull.outstanding = false;
      shared_.pull.next = Clock::now() + shared_.options.poll_interval;
    }
    if (message.type == "token_refresh_request" && !why.retry) {
      token(message.job_id, Json{{"error_message", why.error}});
    }
    if (not_ours(why.code)) job_state(message.job_id, JobState::lost);
    const bool tells_of_progress = message.type == "job_started" || message.type == "job_progress";
    // A progress report that a later report has overtaken would only take the hub back.
    const bool again =
        why.retry && !message.transient && !(tells_of_progress && shared_.outbox.superseded(message));
    tell(shared_.options.callbacks.on_rejected, std::move(why));
    if (!again) return;
    shared_.outbox.hold(message.order);
    shared_.delayed.emplace_back(Clock::now() + shared_.options.retry_delay, std::move(message));
  }

  Shared& shared_;
};

}  // namespace crawlhub::client::detail
