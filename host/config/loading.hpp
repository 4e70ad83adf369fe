// What the parts of load_config share; for host/config only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/load.hpp"
#include "host/config/settings.hpp"

namespace crawlhub {

class Loading {
 public:
  Loading(const ConfigRequest& request, ConfigResult& result) : request_(request), result_(result) {}

  void run();

 private:
  // load.cpp
  bool read_file(std::string& text);
  void load_host_settings();
  void check_sections();
  void check_known(const ConfigNode& map, const std::string& prefix,
                   const std::vector<std::string_view>& known);
  void default_plugin_path();
  void warn_of_retired_variables();

  // overlay.cpp: what the environment changes in the file's tree before it is read.
  void overlay_listeners();
  void overlay_storage();

  // load_lists.cpp
  void load_listeners();
  void load_listener(const ConfigNode& node, const std::string& key);
  void load_plugins();
  void load_plugin(const ConfigNode& node, const std::string& key);
  void check_plugin(PluginConfig& plugin, const ConfigNode& node);

  // load_checks.cpp
  void check_limits();
  void check_heartbeat();
  void check_listeners();
  void check_listener(const ListenerConfig& listener, const std::string& key);
  void check_http();
  void check_sockets_differ();

  // Common. A null node is one that the file does not have.
  struct Resolved {
    SettingValue value;
    std::string origin;
  };
  // The value of a setting after defaults, profile, file and environment; nothing where it has none, or a bad
  // one, which is then reported. Adds to what config show prints.
  std::optional<SettingValue> resolve(const Setting& setting, const ConfigNode* node, const std::string& key);
  std::optional<Resolved> resolve_default(const Setting& setting) const;
  std::optional<Resolved> resolve_variable(const Setting& setting, const std::string& key);
  bool resolve_secret(SettingValue& value, const ConfigNode& node, const std::string& key);
  template <class Target>
  void load_rows(Target& target, std::span<const SettingRow<Target>> rows, const ConfigNode& map,
                 const std::string& prefix);

  std::optional<std::string> variable(std::string_view name) const;
  const ConfigNode* locate(std::string_view dotted_key) const;
  void show(std::string key, std::string value, std::string origin, bool live = false);
  ConfigProblem problem(const ConfigNode& node, std::string key, std::string text) const;
  void fail(const ConfigNode& node, std::string key, std::string text);
  void fail(Position position, std::string key, std::string text);
  void fail_at(std::string_view dotted_key, std::string text);
  void fail_variable(std::string_view name, std::string key, std::string text);
  void warn_at(std::string_view dotted_key, std::string text);

  const ConfigRequest& request_;
  ConfigResult& result_;
  ConfigNode root_;
};

template <class Target>
void Loading::load_rows(Target& target, std::span<const SettingRow<Target>> rows, const ConfigNode& map,
                        const std::string& prefix) {
  for (const auto& row : rows) {
    const std::string key = prefix + '.' + std::string(row.setting.key);
    if (const auto value = resolve(row.setting, map.find(row.setting.key), key)) row.store(target, *value);
  }
}

// The configuration that serves without a file, below directory.
std::string builtin_config(std::string_view directory);

// Where a node's value comes from, as config show says it.
std::string origin_of(const ConfigNode& node, const std::string& source);

// A scalar that the environment set.
ConfigNode variable_node(std::string text, std::string_view variable);

// The plugins of a file that names none.
std::span<const std::string_view> default_plugins();

}  // namespace crawlhub
