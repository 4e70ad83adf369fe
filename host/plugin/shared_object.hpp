#pragma once

#include <filesystem>
#include <memory>

#include <crawlhub/abi/errors.h>
#include <crawlhub/abi/plugin.h>

#include "host/core/status.hpp"

namespace crawlhub {

// A mapped library. The only place that knows Boost.DLL and dlfcn. Thread: control.
class SharedObject {
 public:
  // REQUIRES: file is absolute. All symbols are bound at once and seen by nobody else. Errors: the loader's
  // own words.
  static Result<std::unique_ptr<SharedObject>> open(const std::filesystem::path& file);
  ~SharedObject();

  // The plugin's descriptor; null where it exports none. Lives: while the library is mapped.
  const crawlhub_plugin* descriptor() const;

  // Keeps the library mapped until the process ends, whatever becomes of this object. False where that
  // failed.
  bool pin();

 private:
  struct Library;
  explicit SharedObject(std::unique_ptr<Library> library);
  std::unique_ptr<Library> library_;
};

}  // namespace crawlhub
