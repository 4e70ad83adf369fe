#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "host/config/load.hpp"

namespace crawlhub {

// A directory of its own for each test, gone with it.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "crawlhub-config-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryDirectory() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string write(const std::string& name, std::string_view content, unsigned mode = 0600) const {
    const std::string file = path_ + "/" + name;
    std::ofstream(file, std::ios::binary) << content;
    std::filesystem::permissions(file, static_cast<std::filesystem::perms>(mode));
    return file;
  }

 private:
  std::string path_;
};

using Variables = std::map<std::string, std::string, std::less<>>;

inline Environment environment_of(Variables variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

// Loads text as a file of the given name; errors name it so.
struct Loaded {
  explicit Loaded(std::string_view text, Variables variables = {})
      : environment(environment_of(std::move(variables))) {
    ConfigRequest request;
    request.file = directory.write("hub.yaml", text);
    request.environment = environment;
    result = load_config(request);
  }

  const Config& good() {
    INFO(all_errors());
    REQUIRE(result.ok());
    return result.config;
  }

  // The errors as a person sees them, the directory left out, a line each.
  std::string all_errors() const { return lines(result.errors); }
  std::string all_warnings() const { return lines(result.warnings); }
  std::string lines(const std::vector<ConfigProblem>& problems) const {
    std::string text;
    for (const ConfigProblem& problem : problems) text += problem.to_string() + "\n";
    const std::string prefix = directory.path() + "/";
    for (std::size_t at = 0; (at = text.find(prefix)) != std::string::npos;) text.erase(at, prefix.size());
    return text;
  }
  const ShownSetting* shown(std::string_view key) const {
    for (const ShownSetting& setting : result.config.shown) {
      if (setting.key == key) return &setting;
    }
    return nullptr;
  }

  TemporaryDirectory directory;
  Environment environment;
  ConfigResult result;
};

inline const std::string kListener = "listeners: [ { unix: /run/crawlhub/crawler.sock } ]\n";

}  // namespace crawlhub
