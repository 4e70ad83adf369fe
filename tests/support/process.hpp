#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace crawlhub::testing {

// A program that the test started. Its output goes to files of its own. Killed where it still runs when this
// goes.
class Process {
 public:
  struct Options {
    std::string output;                              // file for stdout; empty: discarded
    std::string errors;                              // file for stderr; empty: discarded
    std::map<std::string, std::string> environment;  // added to the test's own
  };

  Process() = default;
  Process(const std::vector<std::string>& command, const Options& options);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  pid_t pid() const { return pid_; }
  bool running();
  void signal(int number);
  // Its exit code, or minus the signal that ended it; nothing where it still runs when the time is over.
  std::optional<int> wait(std::chrono::milliseconds most = std::chrono::seconds(20));
  void kill();  // SIGKILL, and waits

 private:
  bool reap(bool block);

  pid_t pid_ = -1;
  std::optional<int> exit_;
};

// Runs it to its end.
struct Finished {
  int code = -1;
  std::string output, errors;
};
Finished run(const std::vector<std::string>& command,
             const std::map<std::string, std::string>& environment = {});

std::string read_file(const std::string& path);

}  // namespace crawlhub::testing
