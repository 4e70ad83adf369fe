// What one key alone cannot say.
#include <algorithm>
#include <array>

#include "host/config/loading.hpp"
#include "host/core/units.hpp"

namespace crawlhub {

using namespace std::chrono_literals;

void Loading::check_limits() {
  constexpr std::uint64_t kUnusual = 10 << 20;
  const LimitsConfig& limits = result_.config.limits;
  if (limits.message_size > limits.large_messages) {
    fail_at("limits.message_size", "is over limits.large_messages (" + format_size(limits.large_messages) +
                                       "): the longest message would never be taken");
  } else if (limits.message_size > kUnusual) {
    warn_at("limits.message_size", "is over 10MiB: one message may hold that much memory");
  }
}

void Loading::check_heartbeat() {
  const HeartbeatConfig& heartbeat = result_.config.heartbeat;
  if (heartbeat.interval < 1s)
    warn_at("heartbeat.interval", "is below 1s: heartbeats will be most of the traffic");
  if (heartbeat.timeout < 5s) {
    warn_at("heartbeat.timeout", "is below 5s: a crawler that is only busy will be shown as unhealthy");
  } else if (heartbeat.timeout < heartbeat.interval) {
    warn_at("heartbeat.timeout", "is below heartbeat.interval: every crawler will be shown as unhealthy");
  }
}

void Loading::check_http() {
  if (!result_.config.http) return;
  const HttpConfig& http = *result_.config.http;
  const bool listens = http.listen.port != 0;
  if (!listens && locate("http.listen") == nullptr) {
    fail_at("http", "has no listen, expected an address such as 127.0.0.1:8090");
  }
  if (listens && !http.listen.loopback() && http.token.empty()) {
    fail_at("http.listen", "is no loopback address, expected http.token beside it: others can connect");
  }
}

void Loading::check_listeners() {
  const auto& listeners = result_.config.listeners;
  const ConfigNode* list = locate("listeners");
  if (listeners.empty() && (list == nullptr || list->is_null() || list->kind == ConfigNode::Kind::list)) {
    fail_at("listeners",
            "there is none, expected at least one such as \"- { unix: /run/crawlhub/crawler.sock }\"");
  }
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    check_listener(listeners[i], "listeners[" + std::to_string(i) + ']');
  }
  check_sockets_differ();
}

void Loading::check_listener(const ListenerConfig& listener, const std::string& key) {
  const auto& plugins = result_.config.plugins;
  const bool has_auth = std::any_of(plugins.begin(), plugins.end(), [](const PluginConfig& plugin) {
    return plugin.enabled && (plugin.name == "middleware-auth" || plugin.library == "middleware-auth");
  });
  const ConfigNode* node = nullptr;
  if (const ConfigNode* list = locate("listeners")) {
    for (const ConfigNode& item : list->items) {
      if (&item - list->items.data() == &listener - result_.config.listeners.data()) node = &item;
    }
  }
  const ConfigNode* auth = node == nullptr ? nullptr : node->find("auth");
  const ConfigNode& place = auth != nullptr ? *auth : node != nullptr ? *node : root_;
  if (listener.auth == ListenerAuth::token && !has_auth) {
    fail(place, key + ".auth",
         auth == nullptr ? "is token where a tcp listener says nothing, and that needs the plugin "
                           "middleware-auth; add it, or write auth: none (loopback only)"
                         : "token needs the plugin middleware-auth; add it, or write auth: none");
  }
  if (listener.auth == ListenerAuth::none && listener.tcp && !listener.tcp->loopback()) {
    fail(place, key + ".auth",
         "none is for Unix sockets and loopback addresses, expected auth: token: others can connect");
  }
  if (!listener.tcp && (listener.mode & 0002) != 0) {
    result_.warnings.push_back(problem(place, key + ".mode", "lets every user of this machine connect"));
  }
}

void Loading::check_sockets_differ() {
  const Config& config = result_.config;
  struct Address {
    std::string text;
    std::string key;
    Position position;
  };
  std::vector<Address> seen;
  const auto add = [&](std::string text, std::string key, Position position) {
    for (const Address& other : seen) {
      if (other.text == text) fail(position, key, text + " is also that of " + other.key);
    }
    seen.push_back({std::move(text), std::move(key), position});
  };
  if (!config.admin_socket.empty()) add(config.admin_socket, "admin.unix", {});
  if (config.http && config.http->listen.port != 0) add(config.http->listen.text(), "http.listen", {});
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    const ListenerConfig& listener = config.listeners[i];
    const std::string key = "listeners[" + std::to_string(i) + ']';
    if (listener.tcp) add(listener.tcp->text(), key + ".tcp", listener.position);
    if (!listener.unix_path.empty()) add(listener.unix_path, key + ".unix", listener.position);
  }
}

}  // namespace crawlhub
