#pragma once

#include <string>

#include <crawlhub/client/result.hpp>

namespace crawlhub::git_crawler {

/// Why a job cannot be done.
struct Problem {
  std::string type;          ///< one word for programs: errorType of job_failed
  std::string text;          ///< a sentence for people
  bool recoverable = false;  ///< a later attempt may succeed
};

template <class T>
using Result = client::Result<T, Problem>;

/// Done, or why not.
struct Done {};

}  // namespace crawlhub::git_crawler
