#include "host/plugin/library.hpp"

#include <utility>

#include "host/plugin/elf_check.hpp"
#include "host/plugin/shared_object.hpp"

namespace crawlhub {

Library::Library(std::filesystem::path file, std::string sha256, std::unique_ptr<SharedObject> object,
                 Descriptor descriptor)
    : file_(std::move(file)),
      sha256_(std::move(sha256)),
      object_(std::move(object)),
      descriptor_(std::move(descriptor)) {}

Library::~Library() = default;

Result<std::shared_ptr<Library>> Library::open(const std::filesystem::path& file, std::string_view sha256) {
  Result<std::string> hash = check_plugin_file(file, sha256);
  if (!hash) return hash.status().within(file.string());
  auto object = SharedObject::open(file);
  if (!object) return object.status().within(file.string());
  const crawlhub_plugin* plugin = (*object)->descriptor();
  if (plugin == nullptr) {
    return Status(CRAWLHUB_E_BAD_CONFIG, file.string() + ": it is no plugin: crawlhub_plugin_v1 is missing");
  }
  Result<Descriptor> descriptor = read_descriptor(*plugin);
  if (!descriptor) return descriptor.status().within(file.string());
  // From here on code of it may run, and leave threads or pointers behind.
  if (!(*object)->pin()) {
    return Status(CRAWLHUB_E_BAD_CONFIG, file.string() + ": the system cannot keep it mapped");
  }
  return std::shared_ptr<Library>(
      new Library(file, std::move(hash).value(), std::move(object).value(), std::move(descriptor).value()));
}

}  // namespace crawlhub
