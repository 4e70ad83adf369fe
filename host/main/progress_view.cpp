#include "host/main/progress_view.hpp"

#include <chrono>
#include <iostream>
#include <set>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host/main/console.hpp"
#include "host/main/show.hpp"

namespace crawlhub {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRefreshMs = 250;                          // between two looks at the hub
constexpr auto kSummaryEvery = std::chrono::seconds(3);  // in a pipe
constexpr long kMostJobs = 200;

Status ask(AdminClient& hub, const char* command, const Json& arguments, Json& answer) {
  auto got = hub.call(command, arguments);
  if (!got) return std::move(got).status();
  // A command whose plugin is not loaded leaves its part of the picture empty.
  answer = got->ok() ? std::move(got->answer) : Json::object();
  return {};
}

// The running jobs, and the newest of the others.
Status ask_jobs(AdminClient& hub, Json& jobs) {
  Json running, newest;
  if (auto status = ask(hub, "jobs.list", {{"status", "running"}, {"limit", kMostJobs}}, running); !status)
    return status;
  if (auto status = ask(hub, "jobs.list", {{"limit", kMostJobs}}, newest); !status) return status;
  jobs = Json::array();
  std::set<std::string> seen;
  for (const Json* answer : {&running, &newest}) {
    for (const Json& job : at_path(*answer, "jobs")) {
      if (seen.insert(show_value(at_path(job, "id"))).second) jobs.push_back(job);
    }
  }
  return {};
}

Result<ProgressFrame> ask_frame(AdminClient& hub, bool with_jobs) {
  ProgressFrame frame;
  if (auto status = ask(hub, "status", Json::object(), frame.status); !status) return status;
  if (auto status = ask(hub, "progress", Json::object(), frame.aggregate); !status) return status;
  if (with_jobs) {
    if (auto status = ask_jobs(hub, frame.jobs); !status) return status;
  }
  return frame;
}

// Draws over what it drew before.
class Screen {
 public:
  explicit Screen(const Style& style) : style_(style) {}

  void draw(const ProgressFrame& frame) {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) size = {24, 80, 0, 0};
    const auto lines = render_frame(frame, size.ws_row - 1U, size.ws_col, style_);
    std::string text;
    if (drawn_ > 0) text = "\033[" + std::to_string(drawn_) + "A";
    // Without line wrap a line that is too long costs its end, not the picture.
    text += "\033[?7l";
    for (const auto& line : lines) text += "\r\033[K" + line + "\n";
    text += "\033[J\033[?7h";
    drawn_ = lines.size();
    std::cout << text << std::flush;
  }

 private:
  const Style style_;
  std::size_t drawn_ = 0;
};

// Waits for the next look. False where nobody reads stdout any more.
bool wait_a_little() {
  pollfd out{STDOUT_FILENO, 0, 0};
  return ::poll(&out, 1, kRefreshMs) <= 0;
}

}  // namespace

int run_progress_view(const Console& console, AdminClient& hub, bool forever) {
  const bool live = !console.json && ::isatty(STDOUT_FILENO) == 1;
  Screen screen(console.out);
  Clock::time_point next_summary = Clock::now();
  for (;;) {
    const auto frame = ask_frame(hub, live);
    if (!frame) return console.fail(frame.status());
    const bool last = !forever && frame->unfinished() == 0;
    if (live) {
      screen.draw(*frame);
    } else if (console.json) {
      if (last) return console.answer(CommandSpec(), frame->aggregate);
    } else if (last || Clock::now() >= next_summary) {
      std::cout << render_summary(*frame) << std::endl;
      next_summary = Clock::now() + kSummaryEvery;
    }
    if (last || !wait_a_little()) return kDone;
  }
}

}  // namespace crawlhub
