#include "host/observe/log.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <functional>

#include <poll.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include "host/core/clock.hpp"
#include "host/core/thread_name.hpp"
#include "host/observe/log_line.hpp"

namespace crawlhub {
namespace {

constexpr std::array<std::string_view, 6> kLevelNames = {"trace", "debug", "info", "warn", "error", "off"};

bool wants_colour(const Logger::Options& options) {
  if (options.colour) return *options.colour;
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(options.fd) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

// Writes whole lines to a descriptor that others may have made blocking or not, and that may not be read at
// all. Thread: the log thread, but for stop().
class DescriptorSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit DescriptorSink(int fd) : fd_(fd) {}

  // From now on nothing is waited for past the deadline (monotonic).
  void stop(std::int64_t deadline_ns) noexcept { deadline_ns_.store(deadline_ns); }

  // lost() is how many lines the queue has thrown away in all; report makes the line that says so.
  void watch(std::function<std::uint64_t()> lost, std::function<std::string(std::uint64_t)> report) {
    lost_ = std::move(lost);
    report_ = std::move(report);
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    write_all({message.payload.data(), message.payload.size()});
    const std::uint64_t lost = lost_();
    if (lost == reported_) return;
    write_all(report_(lost - reported_));
    reported_ = lost;
  }
  void flush_() override {}

 private:
  // PIPE_BUF bytes fit a pipe that poll calls writable, so that write() does not wait where poll did not.
  void write_all(std::string_view line) {
    while (!line.empty() && wait_writable()) {
      const ssize_t written = ::write(fd_, line.data(), std::min<std::size_t>(line.size(), PIPE_BUF));
      if (written >= 0) {
        line.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno != EINTR && errno != EAGAIN) {
        return;  // Nobody is left to be told.
      }
    }
  }

  bool wait_writable() const {
    constexpr int kLookUp_ms = 50;  // How soon stop() is seen.
    while (true) {
      pollfd waiting{fd_, POLLOUT, 0};
      const bool stopping_late = monotonic_ns() >= deadline_ns_.load();
      const int ready = ::poll(&waiting, 1, stopping_late ? 0 : kLookUp_ms);
      if (ready > 0) return true;
      if (stopping_late) return false;
    }
  }

  int fd_;
  std::atomic<std::int64_t> deadline_ns_ = INT64_MAX;
  std::function<std::uint64_t()> lost_;
  std::function<std::string(std::uint64_t)> report_;
  std::uint64_t reported_ = 0;
};

}  // namespace

struct Logger::Backend {
  explicit Backend(const Options& options)
      : drain_ns(options.drain_ns),
        sink(std::make_shared<DescriptorSink>(options.fd)),
        pool(
            std::make_shared<spdlog::details::thread_pool>(options.queue, 1, [] { set_thread_name("log"); })),
        logger(std::make_shared<spdlog::async_logger>("crawlhub", sink, pool,
                                                      spdlog::async_overflow_policy::overrun_oldest)) {
    logger->set_level(spdlog::level::trace);
  }

  ~Backend() {
    sink->stop(monotonic_ns() + drain_ns);
    // Ends the log thread once the queue is empty.
    pool.reset();
  }

  std::int64_t drain_ns;
  std::shared_ptr<DescriptorSink> sink;
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
};

std::string_view to_string(LogLevel level) noexcept {
  return kLevelNames.at(static_cast<std::size_t>(level) - 1);
}

std::optional<LogLevel> parse_log_level(std::string_view text) noexcept {
  const auto found = std::find(kLevelNames.begin(), kLevelNames.end(), text);
  if (found == kLevelNames.end()) return std::nullopt;
  return static_cast<LogLevel>(found - kLevelNames.begin() + 1);
}

Logger::Logger(const Options& options)
    : level_(options.level),
      format_(options.format),
      colour_(wants_colour(options)),
      backend_(std::make_unique<Backend>(options)) {
  auto& pool = *backend_->pool;
  backend_->sink->watch(
      [&pool] { return pool.overrun_counter(); },
      [this](std::uint64_t count) {
        const std::array fields = {LogField("lines", count)};
        const LogRecord record{wall_ns(), LogLevel::warn, "log",
                               "lines were dropped: stderr is not read fast enough", fields};
        return format_.load() == LogFormat::json ? json_line(record) : text_line(record, colour_);
      });
}

Logger::~Logger() = default;

void Logger::write(LogLevel level, std::string_view component, std::string_view text,
                   std::span<const LogField> fields) {
  const LogRecord record{wall_ns(), level, component, text, fields};
  const std::string line = format_.load(std::memory_order_relaxed) == LogFormat::json
                               ? json_line(record)
                               : text_line(record, colour_);
  backend_->logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

std::uint64_t Logger::dropped() const noexcept {
  return backend_->pool->overrun_counter();
}

}  // namespace crawlhub
