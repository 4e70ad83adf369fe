#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/status.hpp"
#include "host/plugin/instance.hpp"
#include "host/plugin/library.hpp"

namespace crawlhub {

// An entry of `plugins`, as far as loading it goes.
struct PluginEntry {
  std::string name;     // "handler-jobs"
  std::string library;  // file, or plugin name; empty: as name
  std::string sha256;   // what the file must hash to; empty: anything
  std::int32_t priority = 0;
};

// Finds, checks and maps plugins and makes instances of them. Thread: control.
class Loader {
 public:
  struct Options {
    std::vector<std::filesystem::path> plugin_path;  // searched in order; absolute
    std::filesystem::path config_directory;          // where a relative file name begins; absolute
    std::uint32_t control_lane = 0;
    std::chrono::nanoseconds lifecycle_timeout{std::chrono::seconds(30)};
  };
  Loader(Options options, Services& services, Logger& logger);

  // Where the plugin's file is. Errors: names every place that was looked at.
  Result<std::filesystem::path> find(const PluginEntry& entry) const;

  // The checked library: its descriptor has the schema of the entry's config. Runs no code of the plugin.
  Result<std::shared_ptr<Library>> open(const PluginEntry& entry) const;

  // The instance, created (not started). config_json: checked against the schema, defaults filled in; "{}"
  // where none.
  Result<std::shared_ptr<Instance>> create(const PluginEntry& entry, std::shared_ptr<Library> library,
                                           std::string_view config_json) const;

 private:
  Options options_;
  Services& services_;
  Logger& logger_;
};

}  // namespace crawlhub
