#include <iostream>
#include <optional>
#include <sstream>
#include <vector>

#include "host/main/arguments.hpp"
#include "host/main/console.hpp"
#include "host/main/show.hpp"

namespace crawlhub {

namespace {

constexpr std::size_t kAtOnce = 1000;  // jobs in one call

// Adds the jobs of a file, many a call. A line that is wrong is reported and left out; the others are added.
class JobsFile {
 public:
  JobsFile(const Console& console, AdminClient& hub, std::string path, const Json& defaults)
      : console_(console), hub_(hub), path_(std::move(path)), defaults_(defaults) {}

  int run(const std::string& text) {
    std::istringstream lines(text);
    std::string line;
    for (std::size_t number = 1; std::getline(lines, line); ++number) {
      if (line.find_first_not_of(" \t\r") != std::string::npos) take(line, number);
      if (jobs_.size() < kAtOnce) continue;
      if (const auto failed = flush()) return *failed;
    }
    if (const auto failed = flush()) return *failed;
    finish();
    return refused_.empty() ? kDone : kRefused;
  }

 private:
  void take(const std::string& line, std::size_t number) {
    const Json given = Json::parse(line, nullptr, false);
    if (!given.is_object())
      return refuse(number, "not_json", R"(expected a JSON object, as in {"entityType": "project"})");
    Json job = defaults_;
    job.update(given);
    jobs_.push_back(std::move(job));
    numbers_.push_back(number);
  }

  // Sends what is collected, without those lines that the hub finds wrong. An exit code where that cannot go
  // on.
  std::optional<int> flush() {
    while (!jobs_.empty()) {
      const auto answer = hub_.call("jobs.add", {{"jobs", jobs_}});
      if (!answer) return console_.fail(answer.status());
      if (answer->ok()) {
        count(answer->answer);
        break;
      }
      const auto wrong = index_of_wrong(answer->error);
      if (!wrong) return stop_short(*answer);
      refuse(numbers_[*wrong], answer->code, answer->error.substr(answer->error.find("].") + 2));
      jobs_.erase(jobs_.begin() + static_cast<std::ptrdiff_t>(*wrong));
      numbers_.erase(numbers_.begin() + static_cast<std::ptrdiff_t>(*wrong));
    }
    jobs_.clear();
    numbers_.clear();
    if (console_.err.colours()) std::cerr << "\r" << added_.size() << " jobs\033[K" << std::flush;
    return std::nullopt;
  }

  // Which job of the call the sentence is about: "jobs[12].entityType: ...". Nothing where it is about none.
  std::optional<std::size_t> index_of_wrong(const std::string& sentence) const {
    std::size_t index = 0;
    char bracket = 0;
    std::istringstream text(sentence);
    text.ignore(5);
    if (sentence.compare(0, 5, "jobs[") != 0 || !(text >> index >> bracket) || bracket != ']')
      return std::nullopt;
    if (index >= jobs_.size() || sentence.find("].") == std::string::npos) return std::nullopt;
    return index;
  }

  void count(const Json& answer) {
    for (const Json& job : at_path(answer, "jobs")) {
      existed_ += job.contains("existed") ? 1 : 0;
      added_.push_back(job);
    }
  }

  void refuse(std::size_t number, const std::string& code, const std::string& sentence) {
    std::cerr << path_ << ":" << number << ": " << printable(sentence) << '\n';
    refused_.push_back({{"line", number}, {"code", code}, {"error", sentence}});
  }

  int stop_short(const AdminAnswer& answer) const {
    return console_.fail(kRefused, answer.code,
                         answer.error + "; " + std::to_string(added_.size()) +
                             " jobs were added before line " + std::to_string(numbers_.front()));
  }

  void finish() const {
    if (console_.err.colours()) std::cerr << "\r\033[K";
    const std::size_t added = added_.size() - existed_;
    if (console_.json) {
      Json result{{"added", added}, {"existed", existed_}, {"jobs", added_}};
      if (!refused_.empty()) result["refused"] = refused_;
      std::cout << result.dump() << '\n';
      return;
    }
    std::cout << "added " << added << (added == 1 ? " job" : " jobs");
    if (existed_ > 0) std::cout << ", " << existed_ << " existed";
    if (!refused_.empty())
      std::cout << ", " << console_.out.red(std::to_string(refused_.size()) + " refused");
    std::cout << '\n';
  }

  const Console& console_;
  AdminClient& hub_;
  const std::string path_;
  const Json& defaults_;
  Json jobs_ = Json::array();         // of the next call
  std::vector<std::size_t> numbers_;  // their lines
  Json added_ = Json::array();
  Json refused_ = Json::array();
  std::size_t existed_ = 0;
};

}  // namespace

int run_jobs_file(const Console& console, AdminClient& hub, const std::string& path, const Json& defaults) {
  const auto text = read_text_file(path);
  if (!text) return console.fail(text.status());
  return JobsFile(console, hub, path, defaults).run(*text);
}

}  // namespace crawlhub
