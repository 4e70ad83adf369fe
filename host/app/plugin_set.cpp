#include "host/app/plugin_set.hpp"

#include <algorithm>

#include <crawlhub/abi/errors.h>
#include <crawlhub/abi/plugin.h>

namespace crawlhub {

Status PluginSet::load(ConfigResult& config, const Environment& environment, const Loader& loader,
                       Logger& logger) {
  for (PluginConfig& entry : config.config.plugins) {
    Status status = load_one(entry, config, environment, loader);
    if (status) continue;
    const PluginSlot& slot = slots_.back();
    // A mistake in the config names its own place.
    if (slot.required) return slot.config_problems.empty() ? std::move(status).within(slot.place) : status;
    logger.error(slot.name, status.text());
  }
  return check_whole();
}

void PluginSet::load_all(ConfigResult& config, const Environment& environment, const Loader& loader) {
  for (PluginConfig& entry : config.config.plugins)
    static_cast<void>(load_one(entry, config, environment, loader));
}

Status PluginSet::load_one(PluginConfig& entry, ConfigResult& config, const Environment& environment,
                           const Loader& loader) {
  if (!entry.enabled) return {};
  PluginSlot& slot = slots_.emplace_back();
  slot.name = entry.name;
  slot.place = ConfigProblem{config.config.source, entry.position, "", ""}.place() + ": " + entry.key;
  // Until the library says its kind, its name does.
  slot.required =
      entry.required.value_or(entry.name.starts_with("storage-") || entry.name.starts_with("middleware-"));
  Status status = create(slot, entry, config, environment, loader);
  if (status) return status;
  slot.problem = status.text();
  return status;
}

Status PluginSet::create(PluginSlot& slot, PluginConfig& entry, ConfigResult& config,
                         const Environment& environment, const Loader& loader) {
  auto library = loader.open(entry);
  if (!library) return std::move(library).status();
  const Descriptor& descriptor = (*library)->descriptor();
  slot.version = descriptor.version;
  slot.kind = kind_name(descriptor.kind);
  slot.required = entry.required.value_or(descriptor.kind == CRAWLHUB_KIND_STORAGE ||
                                          descriptor.kind == CRAWLHUB_KIND_MIDDLEWARE);
  if (descriptor.kind == CRAWLHUB_KIND_STORAGE && storage() != nullptr)
    return Status(CRAWLHUB_E_BAD_CONFIG, "there is a storage plugin already: " + storage()->name());

  const std::size_t errors_before = config.errors.size();
  validate_plugin_config(descriptor.config_schema, entry, environment, config);
  if (config.errors.size() > errors_before) {
    std::string text;
    for (std::size_t i = errors_before; i < config.errors.size(); ++i) {
      slot.config_problems.push_back(config.errors[i].to_string());
      text += (text.empty() ? "" : "; ") + slot.config_problems.back();
    }
    return Status(CRAWLHUB_E_BAD_CONFIG, text);
  }
  slot.config_json = entry.config_json;
  auto instance = loader.create(entry, *library);
  if (!instance) return std::move(instance).status();
  slot.instance = std::move(*instance);
  return {};
}

Status PluginSet::check_whole() const {
  if (storage() == nullptr)
    return Status(CRAWLHUB_E_BAD_CONFIG, "plugins: expected one storage plugin, such as storage-sqlite");
  // A middleware says what must stand before it.
  for (auto at = slots_.begin(); at != slots_.end(); ++at) {
    if (!at->instance || at->instance->descriptor().after.empty()) continue;
    const std::string& before = at->instance->descriptor().after;
    const auto later =
        std::find_if(at, slots_.end(), [&](const PluginSlot& slot) { return slot.name == before; });
    if (later != slots_.end())
      return Status(CRAWLHUB_E_BAD_CONFIG,
                    "plugins: " + at->name + " must stand after " + before + "; move it below in the list");
  }
  return {};
}

Status PluginSet::start(const std::function<bool(const Instance&)>& want, Logger& logger) {
  for (PluginSlot& slot : slots_) {
    if (!slot.serves() || !want(*slot.instance)) continue;
    Status status = slot.instance->start();
    if (status) continue;
    slot.problem = status.text();
    logger.error(slot.name, status.text());
    if (slot.required) return status;
  }
  return {};
}

void PluginSet::stop(std::chrono::nanoseconds timeout, const std::function<void()>& before_storage,
                     Logger& logger) {
  const auto end = [&](PluginSlot& slot) {
    if (!slot.instance) return;
    if (slot.instance->state() == Instance::State::serving) {
      if (Status status = slot.instance->stop(timeout); !status) logger.error(slot.name, status.text());
    }
    if (Status status = slot.instance->destroy(); !status) logger.error(slot.name, status.text());
  };
  for (auto slot = slots_.rbegin(); slot != slots_.rend(); ++slot) {
    if (slot->instance && slot->instance->kind() != CRAWLHUB_KIND_STORAGE) end(*slot);
  }
  before_storage();
  for (PluginSlot& slot : slots_) {
    if (slot.instance && slot.instance->kind() == CRAWLHUB_KIND_STORAGE) end(slot);
  }
}

std::vector<Instance*> PluginSet::serving() const {
  std::vector<Instance*> list;
  for (const PluginSlot& slot : slots_) {
    if (slot.serves()) list.push_back(slot.instance.get());
  }
  return list;
}

std::shared_ptr<Instance> PluginSet::storage() const {
  for (const PluginSlot& slot : slots_) {
    if (slot.instance && slot.instance->kind() == CRAWLHUB_KIND_STORAGE) return slot.instance;
  }
  return nullptr;
}

bool PluginSet::abandoned() const {
  return std::ranges::any_of(slots_, [](const PluginSlot& slot) {
    return slot.instance && slot.instance->state() == Instance::State::abandoned;
  });
}

}  // namespace crawlhub
