// Writes the files that are made from tables in the source, or, with --check, says which are not as they
// would be written: crawlhub-docgen [--check] ROOT
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "host/config/render.hpp"
#include "host/errors/catalogue.hpp"

namespace {

struct GeneratedFile {
  std::string_view path;
  std::string (*render)();
};

constexpr GeneratedFile kFiles[] = {
    {"config/crawlhub.yaml", crawlhub::render_reference_config},
    {"config/schema/crawlhub.schema.json", crawlhub::render_config_schema},
    {"docs/config.md", crawlhub::render_config_markdown},
    {"docs/errors.md", crawlhub::render_errors_markdown},
};

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

bool write(const std::filesystem::path& path, const std::string& text) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  std::ofstream file(path, std::ios::binary);
  file << text;
  return static_cast<bool>(file.flush());
}

}  // namespace

int main(int count, char** arguments) {
  const bool check = count == 3 && std::string_view(arguments[1]) == "--check";
  if (count != 2 && !check) {
    std::fprintf(stderr, "usage: crawlhub-docgen [--check] ROOT\n");
    return 2;
  }
  const std::filesystem::path root = arguments[count - 1];
  bool good = true;
  for (const GeneratedFile& file : kFiles) {
    const std::filesystem::path path = root / file.path;
    const std::string text = file.render();
    if (read(path) == text) continue;
    if (check) {
      std::fprintf(stderr, "%s is not up to date: run crawlhub-docgen .\n", path.c_str());
      good = false;
    } else if (write(path, text)) {
      std::printf("%s\n", path.c_str());
    } else {
      std::fprintf(stderr, "%s cannot be written\n", path.c_str());
      good = false;
    }
  }
  return good ? 0 : 1;
}
