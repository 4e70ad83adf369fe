#include <iostream>
#include <sstream>

#include "host/main/arguments.hpp"
#include "host/main/console.hpp"
#include "host/main/show.hpp"

namespace crawlhub {

namespace {

constexpr std::size_t kSayEvery = 1000;  // lines

struct Tally {
  Json jobs = Json::array();
  Json refused = Json::array();
};

// Says what became of one line; a failure is the hub's going away.
Status add_line(AdminClient& hub, const std::string& line, const std::string& origin, const Json& defaults,
                Tally& tally) {
  const auto refuse = [&](const std::string& code, const std::string& sentence) {
    std::cerr << origin << ": " << printable(sentence) << '\n';
    tally.refused.push_back({{"line", origin}, {"code", code}, {"error", sentence}});
  };
  const Json given = Json::parse(line, nullptr, false);
  if (!given.is_object()) {
    refuse("not_json",
           "expected a job as a JSON object, as in {\"entityType\": \"project\", \"entityId\": \"a/b\"}");
    return {};
  }
  Json job = defaults;
  job.update(given);
  auto answer = hub.call("jobs.add", job);
  if (!answer) return std::move(answer).status();
  if (answer->ok()) {
    tally.jobs.push_back(std::move(answer->answer));
  } else {
    refuse(answer->code, answer->error);
  }
  return {};
}

void say(const Console& console, const Tally& tally) {
  std::cout << "queued " << tally.jobs.size() << (tally.jobs.size() == 1 ? " job" : " jobs");
  if (!tally.refused.empty())
    std::cout << ", " << console.out.red(std::to_string(tally.refused.size()) + " refused");
  std::cout << '\n';
}

}  // namespace

int run_jobs_file(const Console& console, AdminClient& hub, const std::string& path, const Json& defaults) {
  const auto text = read_text_file(path);
  if (!text) return console.fail(text.status());
  Tally tally;
  std::istringstream lines(*text);
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (auto status = add_line(hub, line, path + ":" + std::to_string(number), defaults, tally); !status) {
      return console.fail(status);
    }
    if (console.err.colours() && number % kSayEvery == 0)
      std::cerr << "\r" << number << " lines\033[K" << std::flush;
  }
  if (console.err.colours()) std::cerr << "\r\033[K";
  if (console.json) {
    std::cout << Json{{"jobs", tally.jobs}, {"refused", tally.refused}}.dump() << '\n';
  } else {
    say(console, tally);
  }
  return tally.refused.empty() ? kDone : kRefused;
}

}  // namespace crawlhub
