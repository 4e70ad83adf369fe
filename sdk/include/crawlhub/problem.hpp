// Errors that a plugin raises.
#pragma once

#include <cstdint>
#include <string_view>

#include <crawlhub/abi/host.h>
#include <crawlhub/str.hpp>

namespace crawlhub::inline sdk {

// An error to be logged, counted and, past a threshold, notified.
struct Problem {
  std::int32_t code = 0;          // CRAWLHUB_E_*: gives category and severity
  std::string_view message;       // one line: what happened, with names
  std::string_view details = {};  // JSON object or empty
  std::string_view connection = {}, job = {}, crawler = {}, account = {};  // ids, or empty
  std::int32_t severity = 0;  // CRAWLHUB_SEVERITY_*; 0: the code's own
  std::string_view stack = {};
};

// A view of problem: lives as long as its texts.
constexpr crawlhub_error to_abi(const Problem& problem) noexcept {
  crawlhub_error error{};
  error.struct_size = sizeof error;
  error.code = problem.code;
  error.severity = problem.severity;
  error.message = str(problem.message);
  error.details = str(problem.details);
  error.stack = str(problem.stack);
  error.connection = str(problem.connection);
  error.job = str(problem.job);
  error.crawler = str(problem.crawler);
  error.account = str(problem.account);
  return error;
}

}  // namespace crawlhub::inline sdk
