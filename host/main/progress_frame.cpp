#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "host/main/progress_view.hpp"
#include "host/main/show.hpp"

namespace crawlhub {

namespace {

constexpr std::size_t kBarWidth = 24;
constexpr std::array kOrder = {
    "running", "waiting_credential_renewal", "credential_renewed", "assigned", "paused", "queued",
    "failed",  "credential_expired",         "cancelled"};

double number_at(const Json& object, std::string_view path) {
  const Json& value = at_path(object, path);
  return value.is_number() ? value.get<double>() : 0;
}

std::string text_at(const Json& object, std::string_view path) {
  const Json& value = at_path(object, path);
  return value.is_string() ? printable(value.get_ref<const std::string&>()) : std::string();
}

double count_of(const Json& status, std::string_view state) {
  return number_at(at_path(status, "jobs"), state);
}

// Finished jobs come last.
std::size_t rank(const Json& job) {
  const auto it = std::find(kOrder.begin(), kOrder.end(), text_at(job, "status"));
  return static_cast<std::size_t>(it - kOrder.begin());
}

std::string fit(std::string text, std::size_t width, bool right = false) {
  if (text.size() > width) text = right ? text.substr(0, width) : "~" + text.substr(text.size() - width + 1);
  const std::string space(width - std::min(width, display_width(text)), ' ');
  return right ? space + text : text + space;
}

std::string rate_text(double rate) {
  return rate > 0 ? format_count(rate) + "/s" : std::string();
}

std::string eta_text(double milliseconds) {
  return milliseconds > 0 ? "ETA " + format_seconds(milliseconds / 1000) : std::string();
}

struct Items {
  double done = 0, total = 0;
};

Items items_of(const Json& job) {
  Items items;
  for (const Json& entity : at_path(job, "progress.entities")) {
    items.done += number_at(entity, "total_processed");
    items.total += number_at(entity, "total_discovered");
  }
  return items;
}

std::string job_line(const Json& job, std::size_t columns, const Style& style) {
  const std::string status = text_at(job, "status");
  const bool running = status == "running";
  const double done = status == "finished" ? 1 : number_at(job, "progress.overall_completion");
  const Items items = items_of(job);
  std::string counts;
  if (items.total > 0) counts = format_count(items.done) + "/" + format_count(items.total);
  const std::size_t fixed = kBarWidth + 8 + 15 + 15 + 12 + 12 + 11;
  const std::string what = text_at(job, "entityType");
  std::string line = render_bar(done, kBarWidth, style) + "  " + fit(what, 13) + "  ";
  line +=
      fit(text_at(job, "entityId"), columns > fixed + 12 ? std::min<std::size_t>(columns - fixed, 48) : 12) +
      "  ";
  line += fit(counts, 15, true) + "  ";
  if (!running) return line + style.word(status);
  return line + fit(rate_text(number_at(job, "progress.processing_rate")), 10, true) + "  " +
         eta_text(number_at(job, "progress.estimated_time_remaining"));
}

std::string counts_text(const Json& status) {
  std::string text;
  for (const char* state : {"running", "assigned", "queued", "paused", "finished", "failed"}) {
    const double count = count_of(status, state);
    if (count > 0) text += (text.empty() ? "" : ", ") + format_count(count) + " " + state;
  }
  return text.empty() ? "no jobs" : text;
}

std::string total_line(const ProgressFrame& frame, const Style& style) {
  std::string line = render_bar(number_at(frame.aggregate, "overall_completion"), kBarWidth, style) + "  ";
  line += style.bold("all jobs") + "  " + counts_text(frame.status);
  const std::string rate = rate_text(number_at(frame.aggregate, "combined_throughput"));
  const std::string eta = eta_text(number_at(frame.aggregate, "estimated_time_remaining"));
  if (!rate.empty()) line += "  " + rate;
  if (!eta.empty() && frame.unfinished() > 0) line += "  " + eta;
  return line;
}

}  // namespace

long ProgressFrame::unfinished() const {
  double sum = 0;
  for (const char* state :
       {"queued", "assigned", "running", "credential_renewed", "waiting_credential_renewal"}) {
    sum += count_of(status, state);
  }
  return std::lround(sum);
}

std::string render_bar(double done, std::size_t width, const Style& style) {
  const double part = std::clamp(std::isfinite(done) ? done : 0.0, 0.0, 1.0);
  const auto filled = static_cast<std::size_t>(std::floor(part * static_cast<double>(width)));
  std::array<char, 16> percent{};
  // Rounded down: 100% means that all is done.
  std::snprintf(percent.data(), percent.size(), "%3d%%", static_cast<int>(std::floor(part * 100)));
  const std::string bar(filled, '#');
  return "[" + (part >= 1 ? style.green(bar) : style.cyan(bar)) + std::string(width - filled, '.') + "] " +
         percent.data();
}

std::vector<std::string> render_frame(const ProgressFrame& frame, std::size_t rows, std::size_t columns,
                                      const Style& style) {
  std::vector<const Json*> jobs;
  for (const Json& job : frame.jobs) jobs.push_back(&job);
  std::stable_sort(jobs.begin(), jobs.end(),
                   [](const Json* a, const Json* b) { return rank(*a) < rank(*b); });
  const std::size_t room = rows > 2 ? rows - 2 : 0;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < std::min(room, jobs.size()); ++i)
    lines.push_back(job_line(*jobs[i], columns, style));
  if (jobs.size() > room) lines.push_back(style.dim("... and more"));
  lines.push_back(total_line(frame, style));
  return lines;
}

std::string render_summary(const ProgressFrame& frame) {
  return total_line(frame, Style(false));
}

}  // namespace crawlhub
