#pragma once

#include <string>

namespace crawlhub {

// What `crawlhub serve` and `crawlhub check` are told.
struct ServeOptions {
  std::string config_file;  // Empty: the built-in configuration,
  std::string directory;    // with its sockets and its database here; empty: default_directory().
};

// Runs the hub until SIGTERM, SIGINT or the command `shutdown`. Logs to stderr. Thread: the process's first
// one. Returns: the process's exit code; 0 after an orderly end, 1 where it could not start.
int serve(const ServeOptions& options);

// Reads the configuration, creates every plugin and asks it whether it could start; changes nothing. Prints
// what is wrong as file:line:column: key: what is wrong, what is expected, on stderr; with json, one JSON
// value on stdout:
// {"ok", "errors": [sentence], "warnings": [sentence]}.
// Returns: 0 where the hub could start, else 1.
int check(const ServeOptions& options, bool json);

}  // namespace crawlhub
