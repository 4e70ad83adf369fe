#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <crawlhub/client/detail/io_loop.hpp>
#include <crawlhub/client/detail/shared.hpp>
#include <crawlhub/client/options.hpp>
#include <crawlhub/client/reports.hpp>

/// A crawler's side of the wire protocol. Header only; needs nlohmann/json and POSIX threads. A whole
/// crawler:
///
///   #include <crawlhub/client/client.hpp>
///   using namespace crawlhub::client;
///   using namespace std::chrono_literals;
///
///   void crawl(Client& hub, const Job& job) {
///     hub.started(job);
///     auto page = job.resume_state ? job.resume_state->current_page.value_or(0) : 0;
///     std::uint64_t count = 0;
///     while (hub.keep_going(job) && fetch_and_write(job, ++page, count)) {
///       hub.progress(job, {.entity_type = job.entity_type, .processed = count,
///                          .resume_state = ResumeState{.last_entity_id = {}, .current_page = page,
///                          .entity_type = {}}});
///     }
///     if (hub.state(job) == JobState::running) hub.completed(job, {{job.entity_type, count}});
///     hub.release(job);
///   }
///
///   int main() {
///     Options options;
///     options.hub = "unix:/run/crawlhub/crawler.sock";
///     options.crawler_id = "issues-1";
///     options.entity_types = {"issue"};
///     auto hub = Client::start(std::move(options));
///     if (!hub) return 1;
///     for (;;) {
///       if (auto next = (*hub)->next_job(30s)) crawl(**hub, next.job);
///     }
///   }
namespace crawlhub::client {

/// The answer of `next_job`.
struct NextJob {
  enum class Why {
    job,        ///< here it is
    none,       ///< the hub was asked and has none for us
    no_answer,  ///< the hub could not be asked: see `last_error`
    stopped,    ///< `stop` was called
  };
  Why why = Why::no_answer;
  Job job;
  explicit operator bool() const { return why == Why::job; }
};

/// A token that the hub renewed.
struct Token {
  std::string access_token;
  std::string expires_at;  ///< ISO 8601
};

/// One crawler at one hub. Owns a thread that connects, keeps the connection alive, and reconnects with
/// growing, jittered pauses for as long as it lives. Reports are kept in memory until the hub has acked them,
/// and sent again, in order, after a reconnect (where the hub grants no `acks`: until the kernel has taken
/// them). Every call is thread-safe.
class Client {
 public:
  using Milliseconds = std::chrono::milliseconds;

  /// Starts connecting and returns at once. @return a failure only for options that can never work.
  static Result<std::unique_ptr<Client>> start(Options options);

  /// Stops: what is not acked by then is lost; call `wait_acked` before.
  ~Client() {
    stop();
    thread_.join();
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Waits for a job. The hub is asked at once and again until `wait` is over; the round trip of the first
  /// question may come on top (at most Options::answer_timeout), so that `next_job(0ms)` means: ask, and tell
  /// me the answer.
  NextJob next_job(Milliseconds wait);

  void started(const Job& job);
  void progress(const Job& job, const Progress& progress);
  /// Ends the job. @param output_files paths, for people
  void completed(const Job& job, const Counts& final_counts,
                 const std::vector<std::string>& output_files = {}, std::string_view message = {});
  /// Ends the job here; the hub hands it out again where that is worth it.
  void failed(const Job& job, const JobFailure& failure);
  void jobs_discovered(const Job& job, const std::vector<DiscoveredJob>& jobs,
                       const std::optional<DiscoverySummary>& summary = std::nullopt);
  void discovery(const Job& job, std::string_view entity_type, const std::vector<DiscoveredEntity>& entities);
  /// Any other message. @param job null where it concerns none. @return false where the client was stopped:
  /// not sent
  bool send(std::string_view type, const Job* job, const Json& data);

  /// Forgets a job without a report: it no longer counts as running. After `completed` or `failed` it does
  /// nothing.
  void release(const Job& job);

  /// The job's state now; `lost` for one that is not held.
  JobState state(const Job& job) const;

  /// Call it between pages: waits while the job is paused. @return false where work on it should end: it was
  /// cancelled or lost, or the client was stopped.
  bool keep_going(const Job& job);

  /// Asks the hub for a fresh token and waits for it (the hub answers within 10 s).
  Result<Token> refresh_token(const Job& job, Milliseconds timeout = Milliseconds(15000));

  /// Waits until the hub has acked all that was sent before this call. @return false where `timeout` came
  /// first.
  bool wait_acked(Milliseconds timeout);

  bool connected() const;
  /// Waits for a connection. @return false where `timeout` came first.
  bool wait_connected(Milliseconds timeout);
  /// Why there is no connection, as a sentence for a person; empty before the first attempt has failed.
  std::string last_error() const;
  /// Jobs that the hub handed out to us and that have neither ended nor been released, taken by `next_job` or
  /// not yet.
  std::size_t held() const;
  /// Messages that the hub has not acked yet.
  std::size_t unacked() const;

  /// Ends every wait, now and later, and closes the connection soon; callable from a callback too.
  void stop();

 private:
  Client(Options options, Address address)
      : shared_(std::move(options)), thread_([this, address] { detail::IoLoop(shared_, address).run(); }) {}

  bool push(std::string_view type, const Job* job, const Json& data);

  mutable detail::Shared shared_;
  std::thread thread_;  // last: starts when all else is there
};

}  // namespace crawlhub::client

#include <crawlhub/client/detail/client_impl.hpp>
