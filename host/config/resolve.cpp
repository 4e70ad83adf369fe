// One setting through all its layers: default, profile, file, environment.
#include <algorithm>

#include "host/config/expand.hpp"
#include "host/config/loading.hpp"
#include "host/config/value.hpp"
#include "host/config/words.hpp"

namespace crawlhub {

std::optional<std::string> Loading::variable(std::string_view name) const {
  auto value = request_.environment(name);
  // Set to nothing is how many tools unset one.
  return value && !value->empty() ? value : std::nullopt;
}

std::optional<Loading::Resolved> Loading::resolve_default(const Setting& setting) const {
  const Profile profile = result_.config.profile;
  const std::string_view text = setting.default_in(profile);
  if (text.empty()) return std::nullopt;
  auto value = read_value(setting, text, result_.config.directory);
  if (!value.ok()) return std::nullopt;  // A test reads every default.
  constexpr std::string_view kNames[] = {"development", "test", "production"};
  const bool of_profile = text != setting.fallback;
  return Resolved{*std::move(value),
                  of_profile ? "profile " + std::string(kNames[static_cast<int>(profile)]) : "default"};
}

std::optional<Loading::Resolved> Loading::resolve_variable(const Setting& setting, const std::string& key) {
  for (const std::string_view name : split_words(setting.variables)) {
    const auto text = variable(name);
    if (!text) continue;
    auto value = read_variable(setting, *text, result_.config.directory);
    if (value.ok()) return Resolved{*std::move(value), "environment " + std::string(name)};
    fail_variable(name, key, value.error());
    return std::nullopt;
  }
  return std::nullopt;
}

bool Loading::resolve_secret(SettingValue& value, const ConfigNode& node, const std::string& key) {
  std::string warning;
  auto secret = read_secret(value.text, result_.config.directory, warning);
  if (!warning.empty()) result_.warnings.push_back(problem(node, key, warning));
  if (!secret.ok()) {
    fail(node, key, secret.error());
    return false;
  }
  value.text = *std::move(secret);
  return true;
}

std::optional<SettingValue> Loading::resolve(const Setting& setting, const ConfigNode* node,
                                             const std::string& key) {
  auto resolved = resolve_default(setting);
  if (node != nullptr && !node->is_null()) {
    auto value = read_value(setting, *node, result_.config.directory);
    if (!value.ok()) {
      fail(*node, key, value.error());
      return std::nullopt;
    }
    if (setting.type == SettingType::secret && !resolve_secret(*value, *node, key)) return std::nullopt;
    resolved = Resolved{*std::move(value), origin_of(*node, result_.config.source)};
  }
  if (auto override = resolve_variable(setting, key)) resolved = std::move(override);
  if (!resolved) return std::nullopt;
  show(key, shown(setting, resolved->value), resolved->origin, setting.live);
  return std::move(resolved->value);
}

const ConfigNode* Loading::locate(std::string_view dotted_key) const {
  const ConfigNode* node = &root_;
  while (node != nullptr && !dotted_key.empty()) {
    const std::string_view name = dotted_key.substr(0, dotted_key.find('.'));
    dotted_key.remove_prefix(std::min(name.size() + 1, dotted_key.size()));
    node = node->find(name);
  }
  return node;
}

void Loading::show(std::string key, std::string value, std::string origin, bool live) {
  result_.config.shown.push_back({std::move(key), std::move(value), std::move(origin), live});
}

ConfigProblem Loading::problem(const ConfigNode& node, std::string key, std::string text) const {
  std::string source = node.variable.empty() ? result_.config.source : "environment " + node.variable;
  return {std::move(source), node.position, std::move(key), std::move(text)};
}

void Loading::fail(const ConfigNode& node, std::string key, std::string text) {
  result_.errors.push_back(problem(node, std::move(key), std::move(text)));
}

void Loading::fail(Position position, std::string key, std::string text) {
  result_.errors.push_back({result_.config.source, position, std::move(key), std::move(text)});
}

void Loading::fail_at(std::string_view dotted_key, std::string text) {
  const ConfigNode* node = locate(dotted_key);
  fail(node == nullptr ? ConfigNode() : *node, std::string(dotted_key), std::move(text));
}

void Loading::fail_variable(std::string_view name, std::string key, std::string text) {
  result_.errors.push_back({"environment " + std::string(name), {}, std::move(key), std::move(text)});
}

void Loading::warn_at(std::string_view dotted_key, std::string text) {
  const ConfigNode* node = locate(dotted_key);
  result_.warnings.push_back(
      problem(node == nullptr ? ConfigNode() : *node, std::string(dotted_key), std::move(text)));
}

std::string origin_of(const ConfigNode& node, const std::string& source) {
  if (!node.variable.empty()) return "environment " + node.variable;
  return node.position.line == 0 ? "default" : ConfigProblem{source, node.position, "", ""}.place();
}

ConfigNode variable_node(std::string text, std::string_view variable) {
  ConfigNode node;
  node.kind = ConfigNode::Kind::scalar;
  node.quoted = true;
  node.text = std::move(text);
  node.variable = variable;
  return node;
}

}  // namespace crawlhub
