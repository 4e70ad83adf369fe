#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/config.hpp"
#include "host/core/status.hpp"
#include "host/plugin/instance.hpp"
#include "host/plugin/library.hpp"

namespace crawlhub {

// Finds, checks and maps plugins and makes instances of them. Thread: control.
class Loader {
 public:
  struct Options {
    std::vector<std::filesystem::path> plugin_path;  // searched in order; absolute
    std::uint32_t control_lane = 0;
    std::chrono::nanoseconds lifecycle_timeout{std::chrono::seconds(30)};
  };
  Loader(Options options, Services& services, Logger& logger);

  // Where the plugin's file is. Errors: names every place that was looked at.
  Result<std::filesystem::path> find(const PluginConfig& plugin) const;

  // The checked library: its descriptor has the schema of the plugin's config. Runs no code of the plugin.
  Result<std::shared_ptr<Library>> open(const PluginConfig& plugin) const;

  // The instance, created (not started). plugin.config_json: as validate_plugin_config left it.
  Result<std::shared_ptr<Instance>> create(const PluginConfig& plugin,
                                           std::shared_ptr<Library> library) const;

 private:
  Options options_;
  Services& services_;
  Logger& logger_;
};

}  // namespace crawlhub
