#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace crawlhub::git_crawler {

/// What the command line says.
struct CommandLine {
  std::string hub;
  std::string id;
  std::string token;
  std::filesystem::path output = "crawl";
  std::size_t page_size = 500;
  std::uint32_t parallel = 1;
  double rate = 0;  ///< entities a second over all jobs; 0: no limit
  bool once = false;
  bool groups = false;
  bool quiet = false;
  std::chrono::seconds hub_timeout{0};  ///< 0: wait for ever
  std::chrono::seconds fresh_for{60};
};

/// Reads the command line; on `--help`, `--version` or a mistake it prints and gives nothing, with the exit
/// code set.
std::optional<CommandLine> read_command_line(int argc, char** argv, int& exit_code);

}  // namespace crawlhub::git_crawler
