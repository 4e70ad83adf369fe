// Old variables that stand for no single key: they change the file's tree, which is then read as if it said
// so.
#include <algorithm>

#include "host/config/loading.hpp"
#include "host/config/value.hpp"

namespace crawlhub {
namespace {

ConfigNode map_node() {
  ConfigNode node;
  node.kind = ConfigNode::Kind::map;
  return node;
}

void set(ConfigNode& map, std::string_view key, ConfigNode value) {
  for (ConfigNode::Member& member : map.members) {
    if (member.key == key) {
      member.value = std::move(value);
      return;
    }
  }
  map.members.push_back({std::string(key), Position(), std::move(value)});
}

// The list under key, made where the file has none; null where it has something else there, which is reported
// when it is read.
ConfigNode* list_in(ConfigNode& root, std::string_view key) {
  if (root.kind == ConfigNode::Kind::none || root.is_null()) root = map_node();
  if (root.kind != ConfigNode::Kind::map) return nullptr;
  if (root.find(key) == nullptr || root.find(key)->is_null()) {
    ConfigNode list;
    list.kind = ConfigNode::Kind::list;
    set(root, key, std::move(list));
  }
  for (ConfigNode::Member& member : root.members) {
    if (member.key == key) return member.value.kind == ConfigNode::Kind::list ? &member.value : nullptr;
  }
  return nullptr;
}

ConfigNode* first_with(ConfigNode& list, std::string_view key) {
  const auto found = std::find_if(list.items.begin(), list.items.end(),
                                  [&](const ConfigNode& item) { return item.find(key) != nullptr; });
  return found == list.items.end() ? nullptr : &*found;
}

// host:port with each part replaced where it is given.
std::string with_parts(std::string_view address, const std::optional<std::string>& host,
                       const std::optional<std::string>& port) {
  const std::size_t colon = address.rfind(':');
  std::string host_text = host.value_or(std::string(address.substr(0, colon)));
  if (host && host->find(':') != std::string::npos && !host->starts_with('['))
    host_text = '[' + host_text + ']';
  const std::string old_port(colon == std::string_view::npos ? "" : address.substr(colon + 1));
  return host_text + ':' + port.value_or(old_port);
}

// The storage plugin, and its key, that a DATABASE_URL stands for.
struct StorageChoice {
  std::string_view plugin;
  std::string_view key;
  std::string value;
};

std::optional<StorageChoice> storage_of(std::string_view url, const std::string& directory) {
  if (url.starts_with("postgres://") || url.starts_with("postgresql://")) {
    return StorageChoice{"storage-postgres", "url", std::string(url)};
  }
  if (!url.starts_with("file:")) return std::nullopt;
  std::string_view path =
      url.substr(5, url.find('?') == std::string_view::npos ? url.npos : url.find('?') - 5);
  if (path.starts_with("//")) path.remove_prefix(2);
  if (path.empty()) return std::nullopt;
  return StorageChoice{"storage-sqlite", "path", absolute_path(path, directory)};
}

bool is_storage(const ConfigNode& item) {
  const ConfigNode* name = item.find("name");
  const ConfigNode* enabled = item.find("enabled");
  return name != nullptr && name->text.starts_with("storage-") &&
         (enabled == nullptr || enabled->text != "false");
}

}  // namespace

void Loading::overlay_listeners() {
  const auto path = variable("SOCKET_PATH"), host = variable("SOCKET_HOST"), port = variable("SOCKET_PORT");
  if (!path && !host && !port) return;
  ConfigNode* list = list_in(root_, "listeners");
  if (list == nullptr) return;
  if (path) {
    ConfigNode* listener = first_with(*list, "unix");
    if (listener == nullptr) listener = &list->items.emplace_back(map_node());
    set(*listener, "unix", variable_node(*path, "SOCKET_PATH"));
  }
  const std::string_view name = port ? "SOCKET_PORT" : "SOCKET_HOST";
  if (ConfigNode* listener = first_with(*list, "tcp"); listener != nullptr && (host || port)) {
    set(*listener, "tcp", variable_node(with_parts(listener->find("tcp")->text, host, port), name));
  } else if (port) {
    const std::string address = with_parts("localhost:", host, port);
    ConfigNode& added = list->items.emplace_back(map_node());
    set(added, "tcp", variable_node(address, name));
    // As the older hub had it, where nobody else can connect.
    const auto parsed = parse_address(address);
    if (parsed.ok() && parsed->loopback()) set(added, "auth", variable_node("none", name));
  } else if (host) {
    result_.warnings.push_back({"environment SOCKET_HOST",
                                {},
                                "listeners",
                                "has no effect: there is no tcp listener; set SOCKET_PORT, too, to get one"});
  }
}

void Loading::overlay_storage() {
  const bool named = root_.find("plugins") != nullptr && !root_.find("plugins")->is_null();
  ConfigNode* list = list_in(root_, "plugins");
  if (list == nullptr) return;
  if (!named) {
    for (const std::string_view name : default_plugins()) {
      ConfigNode& item = list->items.emplace_back(map_node());
      set(item, "name", variable_node(std::string(name), ""));
    }
  }
  const auto url = variable("DATABASE_URL");
  if (!url) return;
  const auto choice = storage_of(*url, result_.config.directory);
  if (!choice) {
    return fail_variable(
        "DATABASE_URL", "plugins",
        "names no storage plugin, expected file:PATH (SQLite) or postgres://USER@HOST/DATABASE");
  }
  auto found = std::find_if(list->items.begin(), list->items.end(), is_storage);
  if (found == list->items.end()) found = list->items.insert(list->items.begin(), map_node());
  const ConfigNode* name = found->find("name");
  if (name == nullptr || name->text != choice->plugin) {
    // The settings of another backend would be unknown to this one.
    *found = map_node();
    set(*found, "name", variable_node(std::string(choice->plugin), "DATABASE_URL"));
  }
  ConfigNode config = found->find("config") != nullptr ? *found->find("config") : ConfigNode();
  if (config.is_null()) config = map_node();
  if (config.kind == ConfigNode::Kind::map)
    set(config, choice->key, variable_node(choice->value, "DATABASE_URL"));
  set(*found, "config", std::move(config));
}

}  // namespace crawlhub
