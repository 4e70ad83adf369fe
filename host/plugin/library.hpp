#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "host/core/status.hpp"
#include "host/plugin/descriptor.hpp"

namespace crawlhub {

class SharedObject;

// A plugin's file, checked and mapped. It stays mapped until the process ends: unmapping code is only safe
// once nothing in the process can reach it any more (docs/abi.md). Instances share it.
class Library {
 public:
  // sha256: what the file must hash to, 64 hexadecimal digits; empty: anything. Errors: one sentence each.
  static Result<std::shared_ptr<Library>> open(const std::filesystem::path& file,
                                               std::string_view sha256 = {});
  ~Library();

  const Descriptor& descriptor() const { return descriptor_; }
  const std::filesystem::path& file() const { return file_; }
  const std::string& sha256() const { return sha256_; }

 private:
  Library(std::filesystem::path file, std::string sha256, std::unique_ptr<SharedObject> object,
          Descriptor descriptor);

  std::filesystem::path file_;
  std::string sha256_;
  std::unique_ptr<SharedObject> object_;
  Descriptor descriptor_;
};

}  // namespace crawlhub
