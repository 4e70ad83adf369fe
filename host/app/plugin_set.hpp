#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/config/load.hpp"
#include "host/observe/log.hpp"
#include "host/plugin/instance.hpp"
#include "host/plugin/loader.hpp"

namespace crawlhub {

// An enabled entry of the config's plugins, with its instance or the reason why there is none.
struct PluginSlot {
  std::string name;
  std::string place;          // file:line:column: plugins[2]
  std::string version, kind;  // empty where the library could not be read
  bool required = false;
  std::string config_json;
  std::shared_ptr<Instance> instance;
  std::string problem;                       // why it does not serve; empty where it does
  std::vector<std::string> config_problems;  // file:line:column: key: text, each; problem then sums them up

  bool serves() const { return instance != nullptr && problem.empty(); }
};

// The plugins of a configuration, in its order. Thread: control.
class PluginSet {
 public:
  // Opens, checks against its schema, and creates every enabled plugin. A required one that fails ends it;
  // another is noted in its slot, and logged.
  Status load(ConfigResult& config, const Environment& environment, const Loader& loader, Logger& logger);

  // The same without an end at the first failure and without the log: each is noted in its slot.
  void load_all(ConfigResult& config, const Environment& environment, const Loader& loader);
  // Whether the plugins fit together: one storage, middleware in order.
  Status check_whole() const;

  // Starts those of which want says yes.
  Status start(const std::function<bool(const Instance&)>& want, Logger& logger);

  // Stops and destroys all, the last first; storage at the very end. before_storage runs in between.
  void stop(std::chrono::nanoseconds timeout, const std::function<void()>& before_storage, Logger& logger);

  const std::vector<PluginSlot>& slots() const { return slots_; }
  std::vector<Instance*> serving() const;
  // The storage; null where the config has none.
  std::shared_ptr<Instance> storage() const;
  // Whether a plugin's function never returned: its thread still runs its code.
  bool abandoned() const;

 private:
  Status create(PluginSlot& slot, PluginConfig& entry, ConfigResult& config, const Environment& environment,
                const Loader& loader);
  Status load_one(PluginConfig& entry, ConfigResult& config, const Environment& environment,
                  const Loader& loader);

  std::vector<PluginSlot> slots_;
};

}  // namespace crawlhub
