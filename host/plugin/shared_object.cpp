#include "host/plugin/shared_object.hpp"

#include <string>
#include <utility>

#include <boost/dll/shared_library.hpp>
#include <dlfcn.h>

namespace crawlhub {

namespace {
constexpr const char* kDescriptorSymbol = "crawlhub_plugin_v1";
}  // namespace

struct SharedObject::Library {
  std::string file;
  boost::dll::shared_library object;
};

SharedObject::SharedObject(std::unique_ptr<Library> library) : library_(std::move(library)) {}

SharedObject::~SharedObject() = default;

Result<std::unique_ptr<SharedObject>> SharedObject::open(const std::filesystem::path& file) {
  namespace dll = boost::dll;
  auto library = std::make_unique<Library>();
  library->file = file.string();
  try {
    // The overload that throws: the other one loses the loader's words.
    library->object.load(boost::dll::fs::path(library->file),
                         dll::load_mode::rtld_now | dll::load_mode::rtld_local);
  } catch (const std::exception& error) {
    return Status(CRAWLHUB_E_BAD_CONFIG, std::string("the system cannot load it: ") + error.what());
  }
  return std::unique_ptr<SharedObject>(new SharedObject(std::move(library)));
}

const crawlhub_plugin* SharedObject::descriptor() const {
  if (!library_->object.has(kDescriptorSymbol)) return nullptr;
  return &library_->object.get<const crawlhub_plugin>(kDescriptorSymbol);
}

bool SharedObject::pin() {
  return ::dlopen(library_->file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD | RTLD_NODELETE) != nullptr;
}

}  // namespace crawlhub
