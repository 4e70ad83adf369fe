// `listeners` and `plugins`.
#include <algorithm>

#include "host/config/loading.hpp"
#include "host/config/value.hpp"
#include "host/config/words.hpp"

namespace crawlhub {
namespace {

template <class Target>
std::vector<std::string_view> keys_of(std::span<const SettingRow<Target>> rows) {
  std::vector<std::string_view> keys;
  for (const auto& row : rows) keys.push_back(row.setting.key);
  return keys;
}

std::string indexed(std::string_view list, std::size_t index) {
  return std::string(list) + '[' + std::to_string(index) + ']';
}

bool is_plugin_name(std::string_view name) {
  return !name.empty() && name.front() != '-' && name.size() <= 64 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

void Loading::load_listeners() {
  const ConfigNode* list = root_.find("listeners");
  if (list != nullptr && !list->is_null()) {
    if (list->kind != ConfigNode::Kind::list) {
      return fail(*list, "listeners",
                  "is no list, expected entries such as \"- { unix: /run/crawlhub.sock }\"");
    }
    for (std::size_t i = 0; i < list->items.size(); ++i)
      load_listener(list->items[i], indexed("listeners", i));
  }
}

void Loading::load_listener(const ConfigNode& node, const std::string& key) {
  ListenerConfig& listener = result_.config.listeners.emplace_back();
  listener.position = node.position;
  if (node.kind != ConfigNode::Kind::map) {
    return fail(node, key, "is no map, expected an entry such as { unix: /run/crawlhub.sock }");
  }
  check_known(node, key, keys_of(listener_settings()));
  // Which one decides the default of auth; where it is unusable, that was said.
  const bool is_tcp = node.find("tcp") != nullptr;
  listener.auth = is_tcp ? ListenerAuth::token : ListenerAuth::none;
  for (const auto& row : listener_settings()) {
    Setting setting = row.setting;
    const bool of_unix = setting.key == "mode" || setting.key == "owner" || setting.key == "group";
    if (is_tcp && of_unix) {
      if (const auto* member = node.member(setting.key)) {
        fail(member->position, key + '.' + member->key, "is of Unix sockets only; leave it out beside tcp");
      }
      continue;
    }
    // SOCKET_PATH, SOCKET_HOST and SOCKET_PORT are for one listener of all: overlay_listeners.
    if (setting.key == "unix" || setting.key == "tcp") setting.variables = {};
    const std::string full_key = key + '.' + std::string(setting.key);
    if (const auto value = resolve(setting, node.find(setting.key), full_key)) row.store(listener, *value);
  }
  if (node.find("auth") == nullptr) show(key + ".auth", is_tcp ? "token" : "none", "default");
  if (is_tcp == (node.find("unix") != nullptr)) fail(node, key, "expected either unix or tcp, one of them");
}

void Loading::load_plugins() {
  const ConfigNode* list = root_.find("plugins");
  if (list == nullptr || list->is_null()) return;
  if (list->kind != ConfigNode::Kind::list) {
    return fail(*list, "plugins", "is no list, expected entries such as \"- { name: handler-jobs }\"");
  }
  for (std::size_t i = 0; i < list->items.size(); ++i) load_plugin(list->items[i], indexed("plugins", i));
}

void Loading::load_plugin(const ConfigNode& node, const std::string& key) {
  if (node.kind != ConfigNode::Kind::map) {
    return fail(node, key, "is no map, expected an entry such as { name: handler-jobs }");
  }
  PluginConfig& plugin = result_.config.plugins.emplace_back();
  plugin.key = key;
  plugin.position = node.position;
  auto known = keys_of(plugin_settings());
  known.push_back("config");
  check_known(node, key, known);
  load_rows(plugin, plugin_settings(), node, key);
  if (const ConfigNode* config = node.find("config"); config != nullptr && !config->is_null()) {
    plugin.config = *config;
    if (config->kind == ConfigNode::Kind::map) {
      plugin.config_json = to_json(*config);
    } else {
      fail(*config, key + ".config", "is no map, expected the plugin's own settings");
    }
  }
  check_plugin(plugin, node);
}

void Loading::check_plugin(PluginConfig& plugin, const ConfigNode& node) {
  const auto at = [&](std::string_view name) { return node.find(name) == nullptr ? node : *node.find(name); };
  if (plugin.name.empty()) {
    // An unusable name was reported where it stands.
    if (node.find("name") == nullptr)
      fail(node, plugin.key + ".name", "is missing, expected a plugin such as handler-jobs");
  } else if (!is_plugin_name(plugin.name)) {
    fail(at("name"), plugin.key + ".name",
         '"' + plugin.name + "\" is no plugin name, expected small letters, digits and -, like handler-jobs");
  }
  for (const PluginConfig& other : result_.config.plugins) {
    if (&other == &plugin || other.name.empty() || other.name != plugin.name) continue;
    fail(at("name"), plugin.key + ".name",
         "is the name of " + other.key + ", too; give one of them another name and library: " + plugin.name);
  }
  if (plugin.library.find('/') != std::string::npos) {
    plugin.library = absolute_path(plugin.library, result_.config.directory);
  } else if (plugin.library.empty()) {
    plugin.library = plugin.name;
  }
  if (!plugin.sha256.empty() && !is_sha256(plugin.sha256)) {
    fail(at("sha256"), plugin.key + ".sha256",
         "is no SHA-256, expected 64 hexadecimal digits in small letters");
  }
}

}  // namespace crawlhub
