#pragma once

#include <cstdio>
#include <string>

#include <crawlhub/client/stamp.hpp>

namespace crawlhub::git_crawler {

/// Lines for people on stderr, one write each. Thread-safe.
class Log {
 public:
  explicit Log(bool quiet) : quiet_(quiet) {}

  void info(const std::string& text) const {
    if (!quiet_) write("info ", text);
  }
  void warning(const std::string& text) const { write("warn ", text); }

 private:
  static void write(const char* level, const std::string& text) {
    const std::string line = client::timestamp_now() + " " + level + " " + text + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
  }

  bool quiet_;
};

}  // namespace crawlhub::git_crawler
