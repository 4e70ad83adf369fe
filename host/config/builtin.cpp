#include <array>

#include "host/config/loading.hpp"
#include "host/core/json_text.hpp"

namespace crawlhub {
namespace {

constexpr std::array<std::string_view, 9> kDefaultPlugins = {
    "storage-sqlite",   "middleware-compatibility", "middleware-validation",
    "middleware-log",   "handler-heartbeat",        "handler-jobs",
    "handler-progress", "handler-discovery",        "notifier-log"};

// As JSON, which is YAML, so that a path may hold any character.
std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

}  // namespace

std::string builtin_config(std::string_view directory) {
  const std::string base(directory);
  return "state_directory: " + quoted(directory) +
         "\nlisteners:\n  - { unix: " + quoted(base + "/crawler.sock") +
         " }\nadmin: { unix: " + quoted(base + "/admin.sock") + " }\n";
}

std::span<const std::string_view> default_plugins() {
  return kDefaultPlugins;
}

}  // namespace crawlhub
