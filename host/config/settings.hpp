#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/config.hpp"

namespace crawlhub {

enum class SettingType {
  text,
  secret,  // A text, or file:PATH of a file that holds it. Never shown.
  boolean,
  integer,
  duration,
  size,
  choice,
  path,  // Relative to the configuration file.
  paths,
  socket_path,  // Absolute.
  address,      // host:port
  mode,         // Octal.
  user,         // A name or a number of this machine's.
  group,
};

// A value that was read and checked. Which member holds it depends on the type.
struct SettingValue {
  std::string text;  // text, secret, path, socket_path; the word of a choice
  std::int64_t integer =
      0;  // integer; ns of a duration; bytes of a size; 0 or 1; number of the choice; mode, user or group
  std::vector<std::string> list;  // paths
  TcpAddress address;

  Duration duration() const { return Duration(integer); }
  bool yes() const { return integer != 0; }
};

// All that is known of a key. Parsing, limits, errors, the JSON Schema, docs/config.md and
// config/crawlhub.yaml come from here, so that none of them can say anything else.
struct Setting {
  std::string_view key;  // "limits.message_size"; of a listener or a plugin: "backlog"
  SettingType type = SettingType::text;
  std::string_view fallback = {};  // The default, as in YAML; empty: none.
  std::string_view help = {};      // One sentence.
  std::string_view least = {};     // Bounds, as in YAML.
  std::string_view most = {};
  std::string_view choices = {};      // Separated by blanks, in the order of the enum.
  std::string_view word = {};         // A word that may stand for the value, and is read as 0: "off", "auto".
  std::string_view development = {};  // Defaults of other profiles; empty: the same.
  std::string_view test = {};
  std::string_view variables =
      {};             // Old environment variables, separated by blanks; the first that is set counts.
  bool live = false;  // May be changed while the hub runs.

  std::string_view default_in(Profile profile) const;
};

// A setting and where its value goes.
template <class Target>
struct SettingRow {
  Setting setting;
  void (*store)(Target&, const SettingValue&);
};

std::span<const SettingRow<Config>> host_settings();
std::span<const SettingRow<ListenerConfig>> listener_settings();
std::span<const SettingRow<PluginConfig>> plugin_settings();

// The sections of the file in their order, for docs and the reference file.
struct SettingSection {
  std::string_view name;  // "limits"; empty: keys without a section
  std::string_view help;
};
std::span<const SettingSection> setting_sections();

// Variables of the older system that have no key here, and what to say to those who set one.
struct RetiredVariable {
  std::string_view name;
  std::string_view advice;
};
std::span<const RetiredVariable> retired_variables();

}  // namespace crawlhub
