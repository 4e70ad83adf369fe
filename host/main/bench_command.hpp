#pragma once

#include <functional>

#include <CLI/App.hpp>

#include "host/main/console.hpp"

namespace crawlhub {

// Adds `bench` and its words under app. choose is called by the parse with what is to be run. console must
// outlive app.
void add_bench_command(CLI::App& app, const Console& console,
                       std::function<void(std::function<int()>)> choose);

}  // namespace crawlhub
