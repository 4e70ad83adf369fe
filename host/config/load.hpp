#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/config.hpp"
#include "host/config/document.hpp"

namespace crawlhub {

// Reads an environment variable; nothing where it is not set.
using Environment = std::function<std::optional<std::string>(std::string_view)>;
Environment process_environment();

struct ConfigRequest {
  std::string file;       // Empty: the built-in configuration.
  std::string directory;  // For the built-in one: sockets and database; empty: default_directory().
  Environment environment = process_environment();
};

// $XDG_RUNTIME_DIR/crawlhub; without it /run/crawlhub for root and /tmp/crawlhub-<uid> for others.
std::string default_directory(const Environment& environment);

struct ConfigResult {
  Config config;                        // Complete only where there are no errors.
  std::vector<ConfigProblem> errors;    // As many as one run can find, in the order of the file.
  std::vector<ConfigProblem> warnings;  // To be logged.

  bool ok() const { return errors.empty(); }
};

// Defaults, then the profile, then the file, then the environment. Opens nothing but the file and the secrets
// it names; whether sockets and libraries are usable is for those who use them.
ConfigResult load_config(const ConfigRequest& request);

// Fills in plugin.config_json: what the file says, variables that the schema names (x-env) over it, defaults
// of the schema where neither says anything, secrets read. Strings of format "duration" ("5m"; "off" where
// the schema has "x-off": true) become integer nanoseconds, those of format "size" ("4MiB") integer bytes, so
// that no plugin parses units. x-env durations without a unit are milliseconds. schema: JSON Schema, an
// object; empty: the plugin takes no config. Appends to result's errors and warnings, and to
// result.config.shown. plugin: an element of result.config.plugins.
void validate_plugin_config(std::string_view schema, PluginConfig& plugin, const Environment& environment,
                            ConfigResult& result);

}  // namespace crawlhub
