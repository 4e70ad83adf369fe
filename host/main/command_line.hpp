#pragma once

#include <functional>
#include <string>

namespace crawlhub {

enum ExitCode : int { kDone = 0, kRefused = 1, kUsage = 2, kNoHub = 3 };

// The commands that need no running hub and are not the command line's own: given by main(), so that this
// layer can be tested without a hub in the same process. Each returns the exit code.
struct LocalCommands {
  // config: file, empty for the built-in configuration; directory: where the latter puts its files, empty for
  // the default
  std::function<int(const std::string& config, const std::string& directory)> serve;
  std::function<int(const std::string& config, const std::string& directory, bool json)> check;
};

// The program. Results go to stdout, with --json exactly one JSON value; all else goes to stderr.
int run_command_line(int argc, const char* const* argv, const LocalCommands& local);

}  // namespace crawlhub
