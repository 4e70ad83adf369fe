#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/config/document.hpp"
#include "host/observe/log.hpp"

namespace crawlhub {

// The settings of a hub, checked, every default filled in, every path absolute. What each key means stands in
// the table it is filled from (settings.cpp), and so in docs/config.md. Durations of 0 mean off where the
// table allows it.
using Duration = std::chrono::nanoseconds;

enum class Profile { development, test, production };
enum class Framing { automatic, ndjson, json_stream };
enum class ListenerAuth { none, token };

struct TcpAddress {
  std::string host;        // A name or an address; without the brackets of IPv6.
  std::uint16_t port = 0;  // 1 to 65535.

  bool loopback() const;
  std::string text() const;  // "127.0.0.1:7070", "[::1]:7070"
};

struct ListenerConfig {
  std::string unix_path;               // Absolute. Either this
  std::optional<TcpAddress> tcp;       // or this.
  std::uint32_t mode = 0660;           // Of the socket file, like owner and group.
  std::optional<std::uint32_t> owner;  // Without: those of the process.
  std::optional<std::uint32_t> group;
  Framing framing = Framing::automatic;
  ListenerAuth auth = ListenerAuth::none;
  int backlog = 0;
  Position position;
};

struct LimitsConfig {
  std::uint64_t connections = 0;
  std::uint64_t message_size = 0;    // Bytes, like all sizes.
  std::uint64_t write_queue = 0;     // Per connection.
  std::uint64_t large_messages = 0;  // Of all connections together.
  Duration hold{};
  Duration slow_consumer{};
  Duration idle{};
  Duration write_timeout{};
};

struct HeartbeatConfig {
  Duration interval{};
  Duration timeout{};
  Duration check{};
};

struct StorageConfig {
  std::uint64_t batch = 0;  // Operations in one commit.
  std::uint64_t queue = 0;  // Operations that may wait.
  std::uint32_t readers = 0;
  Duration query_timeout{};
  Duration transaction_timeout{};
};

struct HttpConfig {
  TcpAddress listen;
  std::string token;  // Empty: loopback only.
};

// One entry of `plugins`. Its config is filled in by validate_plugin_config, once the plugin's schema is
// known.
struct PluginConfig {
  std::string name;     // "handler-jobs"
  std::string library;  // A file (with a slash, absolute) or a plugin's name; default: name.
  std::optional<std::int32_t> priority;
  bool enabled = true;
  std::optional<bool> required;    // Default by kind: storage and middleware are.
  std::string sha256;              // Empty: any.
  std::string config_json = "{}";  // What the plugin gets. Until validated: what the file says.
  ConfigNode config;               // As the file has it, with positions; a map or nothing.
  std::string key;                 // "plugins[2]"
  Position position;
};

// One line of `config show`.
struct ShownSetting {
  std::string key;     // "limits.message_size", "listeners[0].unix", "plugins[2].config.lease"
  std::string value;   // As one would write it in YAML; secrets masked.
  std::string origin;  // "default", "profile test", "crawlhub.yaml:12:17" or "environment SOCKET_PATH"
  bool live = false;   // May be changed while the hub runs.
};

struct Config {
  Profile profile = Profile::production;
  std::string file;                      // Absolute; empty: the built-in configuration.
  std::string source;                    // The file as it was named, as errors name it.
  std::string directory;                 // Relative paths start here: that of the file. Absolute.
  std::string state_directory;           // Absolute.
  std::vector<std::string> plugin_path;  // Absolute, searched in order.
  std::vector<ListenerConfig> listeners;
  std::string admin_socket;  // Absolute; empty: none.
  std::optional<HttpConfig> http;
  LimitsConfig limits;
  std::uint32_t max_errors = 0;  // protocol.max_errors
  HeartbeatConfig heartbeat;
  std::uint32_t workers = 0;  // threads.workers, at least 1
  StorageConfig storage;
  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::text;
  bool metrics_enabled = true;
  Duration shutdown_timeout{};
  std::vector<PluginConfig> plugins;

  std::vector<ShownSetting> shown;
};

}  // namespace crawlhub
