#pragma once

#include <string>
#include <vector>

#include "host/main/command_spec.hpp"
#include "host/main/terminal.hpp"

namespace crawlhub {

// One moment of the hub's work, as its commands answer it.
struct ProgressFrame {
  Json status;     // of `status`
  Json aggregate;  // of `progress`
  Json jobs;       // an array of jobs as `jobs list` prints them

  // Jobs that somebody works on or that wait for a crawler.
  long unfinished() const;
};

// "[#####.....]" and the percentage; done is 0 to 1.
std::string render_bar(double done, std::size_t width, const Style& style);

// The lines of a live view: a bar for each job, the busiest first, then all together. At most `rows` lines of
// at most `columns` characters.
std::vector<std::string> render_frame(const ProgressFrame& frame, std::size_t rows, std::size_t columns,
                                      const Style& style);

// One line, for a pipe.
std::string render_summary(const ProgressFrame& frame);

}  // namespace crawlhub
