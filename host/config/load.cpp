#include "host/config/load.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <unistd.h>

#include "host/config/expand.hpp"
#include "host/config/loading.hpp"
#include "host/config/value.hpp"
#include "host/config/words.hpp"

namespace crawlhub {
namespace {

constexpr std::size_t kMostFileSize = 4 << 20;

std::string working_directory() {
  std::error_code error;
  return std::filesystem::current_path(error).string();
}

std::string executable_directory() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path().string();
}

// The names that may stand in the map at prefix: "" or a section.
std::vector<std::string_view> known_below(std::string_view prefix) {
  std::vector<std::string_view> names;
  if (prefix.empty()) names = {"listeners", "plugins"};
  for (const auto& row : host_settings()) {
    std::string_view key = row.setting.key;
    if (!prefix.empty()) {
      if (!key.starts_with(prefix) || key[prefix.size()] != '.') continue;
      key.remove_prefix(prefix.size() + 1);
    }
    const std::string_view name = key.substr(0, key.find('.'));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

bool before(const ConfigProblem& a, const ConfigProblem& b) {
  if (a.position.line != b.position.line) return a.position.line < b.position.line;
  return a.position.column < b.position.column;
}

}  // namespace

Environment process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

std::string default_directory(const Environment& environment) {
  const auto runtime = environment("XDG_RUNTIME_DIR");
  if (runtime && runtime->starts_with('/')) return absolute_path("crawlhub", *runtime);
  return getuid() == 0 ? "/run/crawlhub" : "/tmp/crawlhub-" + std::to_string(getuid());
}

ConfigResult load_config(const ConfigRequest& request) {
  ConfigResult result;
  Loading(request, result).run();
  std::stable_sort(result.errors.begin(), result.errors.end(), before);
  std::stable_sort(result.warnings.begin(), result.warnings.end(), before);
  return result;
}

void Loading::run() {
  std::string text;
  if (!read_file(text)) return;
  Config& config = result_.config;
  root_ = parse_document(text, config.source, result_.errors);
  if (root_.is_null() && !result_.errors.empty()) return;  // Not YAML: nothing can be said of what it lacks.
  // A directory may hold ${.
  if (!config.file.empty()) expand_variables(root_, config.source, request_.environment, result_.errors);
  if (root_.kind != ConfigNode::Kind::map && !root_.is_null()) {
    return fail(root_, "", "is no map of settings, expected lines such as \"listeners:\"");
  }
  overlay_listeners();
  overlay_storage();
  check_sections();
  load_host_settings();
  default_plugin_path();
  load_listeners();
  load_plugins();
  check_limits();
  check_heartbeat();
  check_http();
  check_listeners();
  warn_of_retired_variables();
}

bool Loading::read_file(std::string& text) {
  Config& config = result_.config;
  const std::string here = working_directory();
  if (request_.file.empty()) {
    const std::string& asked = request_.directory;
    config.directory = asked.empty() ? default_directory(request_.environment) : absolute_path(asked, here);
    config.source = "built-in configuration";
    text = builtin_config(config.directory);
    return true;
  }
  config.source = request_.file;
  config.file = absolute_path(request_.file, here);
  config.directory = std::filesystem::path(config.file).parent_path().string();
  std::error_code error;
  if (std::filesystem::is_directory(config.file, error)) {
    fail(Position(), "", "is a directory, expected a file");
    return false;
  }
  errno = 0;
  std::ifstream file(config.file, std::ios::binary);
  if (file) text.assign(std::istreambuf_iterator<char>(file), {});
  if (!file) {
    fail(Position(), "", "cannot be read: " + std::string(errno != 0 ? std::strerror(errno) : "input error"));
    return false;
  }
  if (text.size() > kMostFileSize) {
    fail(Position(), "", "is longer than 4 MiB, which no configuration is");
    return false;
  }
  return true;
}

void Loading::check_known(const ConfigNode& map, const std::string& prefix,
                          const std::vector<std::string_view>& known) {
  for (const ConfigNode::Member& member : map.members) {
    if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
    fail(member.position, prefix.empty() ? member.key : prefix + '.' + member.key,
         unknown_key(member.key, known));
  }
}

void Loading::check_sections() {
  check_known(root_, "", known_below(""));
  for (const ConfigNode::Member& member : root_.members) {
    const auto known = known_below(member.key);
    if (known.empty() || member.value.is_null()) continue;
    if (member.value.kind == ConfigNode::Kind::map) {
      check_known(member.value, member.key, known);
    } else {
      fail(member.value, member.key, "is no map of settings, expected " + join_words(known) + " below it");
    }
  }
}

void Loading::load_host_settings() {
  for (const auto& row : host_settings()) {
    const std::string key(row.setting.key);
    if (const auto value = resolve(row.setting, locate(key), key)) row.store(result_.config, *value);
  }
}

void Loading::default_plugin_path() {
  if (!result_.config.plugin_path.empty()) return;
  std::string path = absolute_path("../lib/crawlhub", executable_directory());
  show("plugin_path", "[" + path + "]", "default");
  result_.config.plugin_path = {std::move(path)};
}

void Loading::warn_of_retired_variables() {
  for (const RetiredVariable& retired : retired_variables()) {
    if (!variable(retired.name)) continue;
    result_.warnings.push_back({"environment " + std::string(retired.name),
                                {},
                                "",
                                "is set, but has no effect: " + std::string(retired.advice)});
  }
}

}  // namespace crawlhub
