#include "host/plugin/loader.hpp"

#include <system_error>
#include <utility>

namespace crawlhub {

namespace fs = std::filesystem;

namespace {

Status bad(std::string text) {
  return {CRAWLHUB_E_BAD_CONFIG, std::move(text)};
}

const std::string& library_of(const PluginConfig& plugin) {
  return plugin.library.empty() ? plugin.name : plugin.library;
}

bool is_file_name(const std::string& library) {
  return library.find('/') != std::string::npos;
}

}  // namespace

Loader::Loader(Options options, Services& services, Logger& logger)
    : options_(std::move(options)), services_(services), logger_(logger) {}

Result<fs::path> Loader::find(const PluginConfig& plugin) const {
  const std::string& library = library_of(plugin);
  std::error_code unused;
  if (is_file_name(library)) {
    if (fs::exists(library, unused)) return fs::path(library);
    return bad("there is no file " + library);
  }
  if (options_.plugin_path.empty())
    return bad("plugin_path is empty, so that " + library + " is nowhere to be found");
  std::string places;
  for (const fs::path& folder : options_.plugin_path) {
    fs::path file = folder / (library + ".so");
    if (fs::exists(file, unused)) return file;
    places += (places.empty() ? "" : ", ") + file.string();
  }
  return bad("there is no plugin " + library + "; looked for " + places);
}

Result<std::shared_ptr<Library>> Loader::open(const PluginConfig& plugin) const {
  const std::string context = "plugin " + plugin.name;
  Result<fs::path> file = find(plugin);
  if (!file) return file.status().within(context);
  auto library = Library::open(*file, plugin.sha256);
  if (!library) return library.status().within(context);
  const std::string& says = (*library)->descriptor().name;
  if (!is_file_name(library_of(plugin)) && says != library_of(plugin)) {
    return bad(file->string() + ": it says it is " + says + ": rename the file, or the entry's library")
        .within(context);
  }
  return library;
}

Result<std::shared_ptr<Instance>> Loader::create(const PluginConfig& plugin,
                                                 std::shared_ptr<Library> library) const {
  InstanceOptions options;
  options.name = plugin.name;
  options.priority = plugin.priority.value_or(0);
  options.control_lane = options_.control_lane;
  options.lifecycle_timeout = options_.lifecycle_timeout;
  std::shared_ptr<Instance> instance =
      Instance::make(std::move(library), std::move(options), services_, logger_);
  if (Status status = instance->create(plugin.config_json); !status) return status;
  return instance;
}

}  // namespace crawlhub
