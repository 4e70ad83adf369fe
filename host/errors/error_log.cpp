#include "host/errors/error_log.hpp"

#include <algorithm>
#include <vector>

#include "host/core/clock.hpp"
#include "host/errors/catalogue.hpp"
#include "host/observe/log.hpp"

namespace crawlhub {

namespace {

constexpr std::int64_t kSecond_ns = 1'000'000'000;

LogLevel level_of(std::int32_t severity) {
  if (severity <= CRAWLHUB_SEVERITY_LOW) return LogLevel::info;
  return severity == CRAWLHUB_SEVERITY_MEDIUM ? LogLevel::warn : LogLevel::error;
}

}  // namespace

void ErrorLog::write(const ErrorRecord& record, std::int64_t now_ns) {
  Second& second = seconds_[record.code];
  if (now_ns - second.began >= kSecond_ns) {
    tell_left_out(now_ns);
    second = {now_ns, 0, 0};
  }
  if (second.lines == kMostLines) {
    ++second.left_out;
    return;
  }
  ++second.lines;
  std::vector<LogField> fields = {{"code", catalogue_entry(record.code).wire},
                                  {"category", category_name(record.category)},
                                  {"severity", severity_name(record.severity)}};
  const auto add = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) fields.emplace_back(key, value);
  };
  add("connection", record.connection);
  add("job", record.job);
  add("crawler", record.crawler);
  add("account", record.account);
  add("details", record.details);
  add("stack", record.stack);
  logger_.log(level_of(record.severity), record.plugin.empty() ? "errors" : record.plugin, record.message,
              fields);
}

void ErrorLog::tell_left_out(std::int64_t now_ns) {
  for (auto& [code, second] : seconds_) {
    if (second.left_out == 0 || now_ns - second.began < kSecond_ns) continue;
    logger_.warn("errors", "more errors of one code came than are logged",
                 {{"code", catalogue_entry(code).wire}, {"left_out", second.left_out}});
    second.left_out = 0;
  }
}

std::optional<std::int64_t> ErrorLog::next_due() const {
  std::optional<std::int64_t> due;
  for (const auto& [code, second] : seconds_) {
    if (second.left_out != 0) due = std::min(due.value_or(INT64_MAX), second.began + kSecond_ns);
  }
  return due;
}

void append_error_record(JsonWriter& to, const ErrorRecord& record) {
  const auto optional = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) to.field(key, value);
  };
  to.begin_object()
      .field("id", record.id)
      .field("timestamp", format_iso8601(record.time_ns))
      .field("category", category_name(record.category))
      .field("severity", severity_name(record.severity))
      .field("message", record.message)
      .field("code", catalogue_entry(record.code).wire);
  if (!record.details.empty()) to.raw_field("details", record.details);
  optional("stack", record.stack);
  optional("connectionId", record.connection);
  optional("jobId", record.job);
  optional("crawlerId", record.crawler);
  optional("accountId", record.account);
  to.end_object();
}

}  // namespace crawlhub
