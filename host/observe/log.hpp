#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace crawlhub {

// The numbers are those of CRAWLHUB_LOG_*.
enum class LogLevel : std::int32_t { trace = 1, debug = 2, info = 3, warn = 4, error = 5, off = 6 };
enum class LogFormat { text, json };

std::string_view to_string(LogLevel level) noexcept;
std::optional<LogLevel> parse_log_level(std::string_view text) noexcept;

// A key and its value beside the text of a log line. Views: they must live until log() returns.
struct LogField {
  using Value = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;

  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, bool v) : key(k), value(v) {}
  LogField(std::string_view k, double v) : key(k), value(v) {}
  template <std::signed_integral T>
  LogField(std::string_view k, T v) : key(k), value(static_cast<std::int64_t>(v)) {}
  template <std::unsigned_integral T>
  LogField(std::string_view k, T v) : key(k), value(static_cast<std::uint64_t>(v)) {}

  std::string_view key;
  Value value;
};

// Writes log lines to stderr from a thread of its own, secrets masked. A reader of stderr that is too slow
// costs lines (the oldest waiting ones; counted, and reported once it reads again), never a wait. Thread:
// any, but for construction and destruction.
class Logger {
 public:
  struct Options {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::text;
    int fd = 2;                             // Not owned. Must outlive the logger.
    std::optional<bool> colour;             // Default: where fd is a terminal and NO_COLOR is not set.
    std::size_t queue = 1024;               // Lines that may wait to be written.
    std::int64_t drain_ns = 1'000'000'000;  // How long the destructor may go on writing.
  };

  explicit Logger(const Options& options);
  Logger() : Logger(Options()) {}
  // Writes what waits, within drain_ns.
  ~Logger();
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  bool enabled(LogLevel level) const noexcept { return level >= level_.load(std::memory_order_relaxed); }
  LogLevel level() const noexcept { return level_.load(std::memory_order_relaxed); }
  void set_level(LogLevel level) noexcept { level_.store(level, std::memory_order_relaxed); }
  void set_format(LogFormat format) noexcept { format_.store(format, std::memory_order_relaxed); }

  // component: the layer or the plugin that speaks. text: a sentence without the values, which go into
  // fields.
  void log(LogLevel level, std::string_view component, std::string_view text,
           std::initializer_list<LogField> fields = {}) {
    if (enabled(level)) write(level, component, text, {fields.begin(), fields.size()});
  }
  void log(LogLevel level, std::string_view component, std::string_view text,
           std::span<const LogField> fields) {
    if (enabled(level)) write(level, component, text, fields);
  }
  using Fields = std::initializer_list<LogField>;
  void trace(std::string_view component, std::string_view text, Fields fields = {}) {
    log(LogLevel::trace, component, text, fields);
  }
  void debug(std::string_view component, std::string_view text, Fields fields = {}) {
    log(LogLevel::debug, component, text, fields);
  }
  void info(std::string_view component, std::string_view text, Fields fields = {}) {
    log(LogLevel::info, component, text, fields);
  }
  void warn(std::string_view component, std::string_view text, Fields fields = {}) {
    log(LogLevel::warn, component, text, fields);
  }
  void error(std::string_view component, std::string_view text, Fields fields = {}) {
    log(LogLevel::error, component, text, fields);
  }

  // Lines lost so far because stderr was not read.
  std::uint64_t dropped() const noexcept;

 private:
  void write(LogLevel level, std::string_view component, std::string_view text,
             std::span<const LogField> fields);

  struct Backend;  // All of spdlog.
  std::atomic<LogLevel> level_;
  std::atomic<LogFormat> format_;
  bool colour_;
  std::unique_ptr<Backend> backend_;
};

}  // namespace crawlhub
