#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/eventfd.h>
#include <unistd.h>

#include <crawlhub/client/detail/held_jobs.hpp>
#include <crawlhub/client/options.hpp>
#include <crawlhub/client/outbox.hpp>
#include <crawlhub/client/socket.hpp>

namespace crawlhub::client::detail {

using Clock = std::chrono::steady_clock;

/// A descriptor that poll sees as readable once raised; raising and lowering are thread-safe.
class Signal {
 public:
  int fd() const { return event_.fd(); }
  void raise() const { [[maybe_unused]] const int full = ::eventfd_write(event_.fd(), 1); }
  void lower() const {
    eventfd_t count = 0;
    [[maybe_unused]] const int empty = ::eventfd_read(event_.fd(), &count);
  }

 private:
  Socket event_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
};

/// The asking for jobs. Requests are counted, so that a caller knows an answer to its own from an older one.
struct Pull {
  unsigned waiters = 0;              ///< threads in next_job
  Clock::time_point wanted_until{};  ///< the latest of their deadlines
  std::uint64_t asked = 0;           ///< number of the newest request
  std::uint64_t answered = 0;        ///< number of the newest request that was answered
  bool outstanding = false;
  Clock::time_point asked_at{};
  std::chrono::seconds hub_wait{0};  ///< of the outstanding request
  Clock::time_point next{};          ///< ask no earlier

  /// The newest answer that came before a caller who arrives now can have asked.
  std::uint64_t before_now() const { return outstanding ? asked - 1 : asked; }
};

struct TokenAnswer {
  std::string access_token;
  std::string expires_at;
  std::string error;  ///< empty on success
};

/// All that the client's callers and its io thread share. Guarded by `mutex`, but for `options`, which never
/// changes.
struct Shared {
  explicit Shared(Options given) : options(std::move(given)) {}

  const Options options;
  Signal work;  ///< something is there to be sent
  Signal stop;

  std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false;
  bool shutting_down = false;      ///< the hub of the present connection said `shutdown`
  std::optional<Welcome> welcome;  ///< present while connected
  std::string last_error;          ///< why there is no connection
  Outbox outbox;
  std::vector<std::pair<Clock::time_point, Outgoing>> delayed;  ///< refused with `retry`: send again then
  HeldJobs held;
  std::deque<Job> ready;  ///< handed out, not yet taken by next_job
  Pull pull;
  std::map<std::string, std::optional<TokenAnswer>> tokens;  ///< refresh_token calls that wait, by job id
  std::uint64_t jobs_done = 0;
  std::thread::id io_thread;

  /// Needs the mutex. The io thread itself needs no waking and must not wait for room.
  bool on_io_thread() const { return std::this_thread::get_id() == io_thread; }

  /// Jobs that may yet be asked for; nothing where there is no limit. Needs the mutex.
  std::optional<std::size_t> free_slots() const {
    const std::size_t most = options.max_concurrent_jobs;
    if (most == 0) return std::nullopt;
    return most > held.size() ? most - held.size() : 0;
  }
};

}  // namespace crawlhub::client::detail
