// The keys of an entry of `listeners` and of `plugins`, and the variables that have no key.
#include "host/config/settings.hpp"

namespace crawlhub {
namespace {

using enum SettingType;
using V = const SettingValue&;

constexpr SettingRow<ListenerConfig> kListener[] = {
    {{.key = "unix",
      .type = socket_path,
      .help = "Path of a Unix socket; either this or tcp.",
      .variables = "SOCKET_PATH"},
     [](ListenerConfig& l, V v) { l.unix_path = v.text; }},
    {{.key = "tcp",
      .type = address,
      .help = "Address and port; either this or unix.",
      .variables = "SOCKET_HOST SOCKET_PORT"},
     [](ListenerConfig& l, V v) { l.tcp = v.address; }},
    {{.key = "mode", .type = mode, .fallback = "0660", .help = "Rights of the Unix socket."},
     [](ListenerConfig& l, V v) { l.mode = static_cast<std::uint32_t>(v.integer); }},
    {{.key = "owner",
      .type = user,
      .help = "User that owns the Unix socket; default: the one that runs the hub."},
     [](ListenerConfig& l, V v) { l.owner = static_cast<std::uint32_t>(v.integer); }},
    {{.key = "group", .type = group, .help = "Group of the Unix socket; default: that of the hub."},
     [](ListenerConfig& l, V v) { l.group = static_cast<std::uint32_t>(v.integer); }},
    {{.key = "framing",
      .type = choice,
      .fallback = "auto",
      .help = "How messages are told apart: by newline (ndjson), by balance (json-stream), or whichever "
              "comes (auto).",
      .choices = "auto ndjson json-stream"},
     [](ListenerConfig& l, V v) { l.framing = static_cast<Framing>(v.integer); }},
    {{.key = "auth",
      .type = choice,
      .help = "none trusts whoever can connect (Unix sockets and loopback only); token demands a hello with "
              "a token; "
              "default: none on a Unix socket, token elsewhere.",
      .choices = "none token"},
     [](ListenerConfig& l, V v) { l.auth = static_cast<ListenerAuth>(v.integer); }},
    {{.key = "backlog",
      .type = integer,
      .fallback = "511",
      .help = "Connections that may wait to be accepted.",
      .least = "1",
      .most = "65535",
      .variables = "SOCKET_BACKLOG"},
     [](ListenerConfig& l, V v) { l.backlog = static_cast<int>(v.integer); }},
};

// `config` is no row: its keys are the plugin's own.
constexpr SettingRow<PluginConfig> kPlugin[] = {
    {{.key = "name",
      .type = text,
      .help = "The plugin, like handler-jobs; also its name in logs and commands."},
     [](PluginConfig& p, V v) { p.name = v.text; }},
    {{.key = "library",
      .type = text,
      .help = "Another plugin name, or the path of a library; default: as name. Lets one plugin stand here "
              "twice."},
     [](PluginConfig& p, V v) { p.library = v.text; }},
    {{.key = "enabled", .type = boolean, .fallback = "true", .help = "false leaves the entry out."},
     [](PluginConfig& p, V v) { p.enabled = v.yes(); }},
    {{.key = "required",
      .type = boolean,
      .help =
          "Whether the hub ends where the plugin does not start; default: true for storage and middleware."},
     [](PluginConfig& p, V v) { p.required = v.yes(); }},
    {{.key = "priority",
      .type = integer,
      .help = "Of the handlers of one message type the highest answers; default: the plugin's own.",
      .least = "-1000000",
      .most = "1000000"},
     [](PluginConfig& p, V v) { p.priority = static_cast<std::int32_t>(v.integer); }},
    {{.key = "sha256", .type = text, .help = "The library is loaded only if its SHA-256 is this."},
     [](PluginConfig& p, V v) { p.sha256 = v.text; }},
};

constexpr std::string_view kNoKey = "this version has no such setting";
constexpr RetiredVariable kRetired[] = {
    {"SOCKET_MESSAGE_DELIMITER", "framing: auto takes messages with and without a newline"},
    {"SOCKET_ALLOWED_ORIGINS", kNoKey},
    {"SOCKET_METRICS_INTERVAL", "metrics are gathered when they are asked for"},
    {"SOCKET_CLEANUP_INTERVAL", kNoKey},
    {"SOCKET_MAX_JOB_AGE", kNoKey},
    {"SOCKET_MAX_ERROR_LOG_AGE", kNoKey},
    {"SOCKET_RATE_LIMIT", kNoKey},
};

}  // namespace

std::span<const SettingRow<ListenerConfig>> listener_settings() {
  return kListener;
}

std::span<const SettingRow<PluginConfig>> plugin_settings() {
  return kPlugin;
}

std::span<const RetiredVariable> retired_variables() {
  return kRetired;
}

}  // namespace crawlhub
