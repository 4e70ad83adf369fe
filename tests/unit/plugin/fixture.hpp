#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "host/core/lane.hpp"
#include "host/core/unique_fd.hpp"
#include "host/observe/log.hpp"
#include "host/plugin/loader.hpp"
#include "host/plugin/ports.hpp"

namespace crawlhub::test {

inline constexpr std::uint32_t kWorkerLane = 0;
inline constexpr std::uint32_t kControlLane = 1;
inline constexpr std::uint32_t kPoolLane = 2;
inline constexpr std::uint32_t kLanes = 3;

// The services of a hub that does nothing but remember.
class TestServices final : public Services {
 public:
  crawlhub_status token_reply(crawlhub_token, std::string_view, std::string_view, std::string_view) override {
    return CRAWLHUB_GONE;
  }
  crawlhub_status complete(crawlhub_token, std::int32_t, std::string_view) override { return CRAWLHUB_GONE; }
  crawlhub_status commit(Instance&, const crawlhub_op*, std::uint64_t, crawlhub_continuation,
                         void*) override {
    return CRAWLHUB_OK;
  }
  crawlhub_status query(std::uint32_t, std::string_view, crawlhub_sink, void*) override {
    return CRAWLHUB_OK;
  }
  crawlhub_status send(std::uint64_t, std::string_view, std::string_view, std::string_view) override {
    return CRAWLHUB_OK;
  }
  crawlhub_status close(std::uint64_t, std::int32_t, std::string_view) override { return CRAWLHUB_OK; }
  crawlhub_status every(Instance&, std::int64_t, crawlhub_timer, void*) override { return CRAWLHUB_OK; }
  void publish(std::string_view name, std::string_view) override {
    const std::lock_guard lock(mutex_);
    events_.emplace_back(name);
  }
  void raise(const crawlhub_error&, std::string_view) override {}
  std::uint32_t lane_count() const override { return kLanes; }
  std::uint32_t lane() const override { return current_lane(); }
  std::uint32_t state() const override { return 0; }
  std::string_view hub_id() const override { return "hub"; }
  std::string_view incarnation() const override { return "first"; }
  std::string_view state_directory() const override { return "/nonexistent"; }
  std::string_view config_directory() const override { return "/nonexistent"; }

  std::vector<std::string> events() const {
    const std::lock_guard lock(mutex_);
    return events_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> events_;
};

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "crawlhub-plugin-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  ~TemporaryDirectory() {
    std::error_code unused;
    std::filesystem::remove_all(path_, unused);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::filesystem::path plugin_file(const std::string& name) {
  return std::filesystem::path(CRAWLHUB_BAD_PLUGINS) / (name + ".so");
}

// What a hub has before its first plugin. The thread that makes it is a pool thread to plugins.
struct Hub {
  explicit Hub(std::chrono::nanoseconds lifecycle_timeout = std::chrono::seconds(30))
      : log_fd(::open((directory.path() / "log").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    set_current_lane(kPoolLane);
    Logger::Options options;
    options.level = LogLevel::trace;
    options.fd = log_fd.get();
    options.colour = false;
    logger.emplace(options);
    Loader::Options places;
    places.plugin_path = {directory.path() / "first", CRAWLHUB_BAD_PLUGINS};
    places.control_lane = kControlLane;
    places.lifecycle_timeout = lifecycle_timeout;
    loader.emplace(std::move(places), services, *logger);
  }

  // Opens and creates; fails the test where it may not.
  Result<std::shared_ptr<Instance>> create(const std::string& name, const std::string& config = "{}") {
    PluginConfig plugin;
    plugin.name = name;
    plugin.library = plugin_file(name).string();
    plugin.config_json = config;
    auto library = loader->open(plugin);
    if (!library) return library.status();
    return loader->create(plugin, *library);
  }

  // All that was logged. Ends the logger: no instance may be left.
  std::string log() {
    loader.reset();
    logger.reset();
    std::ifstream file(directory.path() / "log");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TemporaryDirectory directory;
  UniqueFd log_fd;
  TestServices services;
  std::optional<Logger> logger;
  std::optional<Loader> loader;
};

}  // namespace crawlhub::test
