#include "host/config/settings.hpp"

#include "host/core/cpu_count.hpp"

namespace crawlhub {
namespace {

using enum SettingType;
using Row = SettingRow<Config>;
using V = const SettingValue&;

constexpr Row kGeneral[] = {
    {{.key = "profile",
      .type = choice,
      .fallback = "production",
      .help = "Chooses other defaults for some keys, where the tables name them.",
      .choices = "development test production"},
     [](Config& c, V v) { c.profile = static_cast<Profile>(v.integer); }},
    {{.key = "state_directory",
      .type = path,
      .fallback = ".",
      .help = "Directory for what plugins keep in files of their own; made where it is missing."},
     [](Config& c, V v) { c.state_directory = v.text; }},
    {{.key = "plugin_path",
      .type = paths,
      .help = "Directories in which plugin libraries are looked for, in this order; default: ../lib/crawlhub "
              "beside "
              "the directory of the executable."},
     [](Config& c, V v) { c.plugin_path = v.list; }},
    {{.key = "threads.workers",
      .type = integer,
      .fallback = "auto",
      .help = "Threads that serve connections; auto: as many as there are processors for this process.",
      .least = "1",
      .most = "256",
      .word = "auto"},
     [](Config& c, V v) {
       c.workers = v.integer == 0 ? available_cpus() : static_cast<std::uint32_t>(v.integer);
     }},
    {{.key = "admin.unix",
      .type = socket_path,
      .help = "Socket of the command line; only the user that runs the hub may connect (0600)."},
     [](Config& c, V v) { c.admin_socket = v.text; }},
    {{.key = "http.listen",
      .type = address,
      .help = "Address of /livez, /readyz, /metrics and the API; without it there is no HTTP."},
     [](Config& c, V v) { c.http.emplace(c.http.value_or(HttpConfig())).listen = v.address; }},
    {{.key = "http.token",
      .type = secret,
      .help =
          "Bearer token that HTTP clients must send; demanded where http.listen is not a loopback address."},
     [](Config& c, V v) { c.http.emplace(c.http.value_or(HttpConfig())).token = v.text; }},

    {{.key = "limits.connections",
      .type = integer,
      .fallback = "1000",
      .help = "Crawler connections open at a time; one more is told so and closed.",
      .least = "1",
      .most = "1000000",
      .variables = "SOCKET_MAX_CONNECTIONS"},
     [](Config& c, V v) { c.limits.connections = static_cast<std::uint64_t>(v.integer); }},
    {{.key = "limits.message_size",
      .type = size,
      .fallback = "8MiB",
      .help = "Longest message; a longer one is skipped and reported.",
      .least = "256B",
      .most = "1GiB",
      .variables = "SOCKET_MAX_MESSAGE_SIZE SOCKET_MESSAGE_BUFFER_SIZE"},
     [](Config& c, V v) { c.limits.message_size = static_cast<std::uint64_t>(v.integer); }},
    {{.key = "limits.large_messages",
      .type = size,
      .fallback = "64MiB",
      .help = "Memory that messages over 256 KiB share, over all connections.",
      .least = "1MiB",
      .most = "64GiB"},
     [](Config& c, V v) { c.limits.large_messages = static_cast<std::uint64_t>(v.integer); }},
    {{.key = "limits.write_queue",
      .type = size,
      .fallback = "4MiB",
      .help = "Bytes that may wait to be written to one connection.",
      .least = "4KiB",
      .most = "1GiB"},
     [](Config& c, V v) { c.limits.write_queue = static_cast<std::uint64_t>(v.integer); }},
    {{.key = "limits.slow_consumer",
      .type = duration,
      .fallback = "30s",
      .help = "A connection whose write queue stays over limits.write_queue for so long is closed.",
      .least = "100ms"},
     [](Config& c, V v) { c.limits.slow_consumer = v.duration(); }},
    {{.key = "limits.write_timeout",
      .type = duration,
      .fallback = "5s",
      .help = "How long the last bytes to a connection that is being closed may take.",
      .least = "10ms"},
     [](Config& c, V v) { c.limits.write_timeout = v.duration(); }},
    {{.key = "limits.hold",
      .type = duration,
      .fallback = "60s",
      .help =
          "How long a connection is left unread while something is short (storage, a plugin); past it its "
          "messages are refused, to be sent again.",
      .least = "10ms"},
     [](Config& c, V v) { c.limits.hold = v.duration(); }},
    {{.key = "limits.idle",
      .type = duration,
      .fallback = "off",
      .help = "A connection that sends nothing for so long is closed.",
      .least = "100ms",
      .word = "off",
      .variables = "SOCKET_CONNECTION_TIMEOUT"},
     [](Config& c, V v) { c.limits.idle = v.duration(); }},

    {{.key = "protocol.max_errors",
      .type = integer,
      .fallback = "20",
      .help = "Unreadable messages in a row after which a connection is closed.",
      .least = "1",
      .most = "1000000"},
     [](Config& c, V v) { c.max_errors = static_cast<std::uint32_t>(v.integer); }},

    {{.key = "heartbeat.interval",
      .type = duration,
      .fallback = "30s",
      .help = "How often a crawler should send a heartbeat; it is told so in welcome, and is shown idle "
              "after it.",
      .least = "1ms",
      .development = "10s",
      .test = "5s",
      .variables = "SOCKET_HEARTBEAT_INTERVAL"},
     [](Config& c, V v) { c.heartbeat.interval = v.duration(); }},
    {{.key = "heartbeat.timeout",
      .type = duration,
      .fallback = "90s",
      .help = "A crawler that was silent for so long is shown as unhealthy.",
      .least = "1ms",
      .variables = "SOCKET_HEARTBEAT_TIMEOUT"},
     [](Config& c, V v) { c.heartbeat.timeout = v.duration(); }},
    {{.key = "heartbeat.check",
      .type = duration,
      .fallback = "60s",
      .help = "How often the health of all connections is looked at.",
      .least = "1ms",
      .variables = "SOCKET_HEALTH_CHECK_INTERVAL"},
     [](Config& c, V v) { c.heartbeat.check = v.duration(); }},

    {{.key = "storage.batch",
      .type = integer,
      .fallback = "4096",
      .help = "Most operations in one commit; longer lists are committed in slices.",
      .least = "1",
      .most = "1000000"},
     [](Config& c, V v) { c.storage.batch = static_cast<std::uint64_t>(v.integer); }},
    {{.key = "storage.queue",
      .type = integer,
      .fallback = "65536",
      .help = "Operations that may wait for a commit; connections are left unread while it is full.",
      .least = "1",
      .most = "100000000"},
     [](Config& c, V v) { c.storage.queue = static_cast<std::uint64_t>(v.integer); }},
    {{.key = "storage.readers",
      .type = integer,
      .fallback = "2",
      .help = "Threads that answer queries.",
      .least = "1",
      .most = "64",
      .variables = "DATABASE_CONNECTION_POOL"},
     [](Config& c, V v) { c.storage.readers = static_cast<std::uint32_t>(v.integer); }},
    {{.key = "storage.query_timeout",
      .type = duration,
      .fallback = "30s",
      .help = "How long a query may take.",
      .least = "1ms",
      .variables = "SOCKET_QUERY_TIMEOUT"},
     [](Config& c, V v) { c.storage.query_timeout = v.duration(); }},
    {{.key = "storage.transaction_timeout",
      .type = duration,
      .fallback = "60s",
      .help = "How long a commit may take before the storage counts as out of order.",
      .least = "1ms",
      .variables = "SOCKET_TRANSACTION_TIMEOUT"},
     [](Config& c, V v) { c.storage.transaction_timeout = v.duration(); }},

    {{.key = "log.level",
      .type = choice,
      .fallback = "info",
      .help = "The least important lines that are written.",
      .choices = "trace debug info warn error",
      .development = "debug",
      .test = "warn",
      .variables = "SOCKET_LOG_LEVEL",
      .live = true},
     [](Config& c, V v) { c.log_level = static_cast<LogLevel>(v.integer + 1); }},
    {{.key = "log.format",
      .type = choice,
      .fallback = "text",
      .help = "text is for people, json writes one object a line.",
      .choices = "text json",
      .live = true},
     [](Config& c, V v) { c.log_format = static_cast<LogFormat>(v.integer); }},

    {{.key = "metrics.enabled",
      .type = boolean,
      .fallback = "true",
      .help = "Whether /metrics is served.",
      .test = "false",
      .variables = "SOCKET_ENABLE_METRICS"},
     [](Config& c, V v) { c.metrics_enabled = v.yes(); }},

    {{.key = "shutdown.timeout",
      .type = duration,
      .fallback = "10s",
      .help = "How long the hub takes at most to end after SIGTERM.",
      .least = "100ms"},
     [](Config& c, V v) { c.shutdown_timeout = v.duration(); }},
};

constexpr SettingSection kSections[] = {
    {"", "General"},
    {"threads", "Threads"},
    {"listeners", "Where crawlers connect: a list, one entry a socket"},
    {"admin", "The command line's way in"},
    {"http", "Probes, metrics and the HTTP API"},
    {"limits", "Bounds on what peers may ask for"},
    {"protocol", "The wire protocol"},
    {"heartbeat", "Signs of life"},
    {"storage", "The way into the storage plugin, whichever it is"},
    {"log", "The log, on stderr"},
    {"metrics", "Figures for Prometheus"},
    {"shutdown", "The end"},
    {"plugins", "What the hub can do: a list, one entry a plugin; middleware runs in this order"},
};

}  // namespace

std::string_view Setting::default_in(Profile profile) const {
  if (profile == Profile::development && !development.empty()) return development;
  if (profile == Profile::test && !test.empty()) return test;
  return fallback;
}

std::span<const SettingRow<Config>> host_settings() {
  return kGeneral;
}

std::span<const SettingSection> setting_sections() {
  return kSections;
}

}  // namespace crawlhub
