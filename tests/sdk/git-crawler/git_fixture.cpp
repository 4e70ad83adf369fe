#include "git_fixture.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>

#include <catch2/catch.hpp>

namespace crawlhub::git_crawler::test {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "crawlhub-git-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::vector<std::string> run(const fs::path& folder, const std::string& command) {
  const std::string line =
      "cd '" + folder.string() +
      "' && export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_AUTHOR_NAME=A "
      "GIT_AUTHOR_EMAIL=a@x GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@x && " +
      command;
  FILE* pipe = ::popen(line.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  std::array<char, 4096> chunk;
  for (std::size_t n = 0; (n = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0;)
    output.append(chunk.data(), n);
  INFO(command);
  REQUIRE(::pclose(pipe) == 0);
  std::vector<std::string> lines;
  std::istringstream stream(output);
  for (std::string text; std::getline(stream, text);) lines.push_back(text);
  return lines;
}

void make_repository(const fs::path& folder, int commits, bool bare) {
  fs::create_directories(folder);
  run(folder, std::string("git init -q -b main ") + (bare ? "--bare ." : "."));
  std::ostringstream import;
  int mark = 0;
  const auto commit = [&](const std::string& branch, int from, int merge) {
    // Three commits in a row have the same time.
    const std::string person = "Ann <ann@x.org> " + std::to_string(1700000000 + mark / 3) + " +0130\n";
    import << "commit " << branch << "\nmark :" << ++mark << "\nauthor " << person << "committer " << person;
    const std::string text = "Commit \"" + std::to_string(mark) + "\" {of} \xc3\xa4 \xff\n\nBody\n";
    import << "data " << text.size() << "\n" << text;
    if (from > 0) import << "from :" << from << "\n";
    if (merge > 0) import << "merge :" << merge << "\n";
    import << "M 100644 inline file\ndata 2\n" << mark % 10 << "\n\n";
    return mark;
  };
  int tip = commit("refs/heads/main", 0, 0);
  while (mark < commits) {
    if (mark % 5 == 0 && mark + 2 <= commits) {
      const int side = commit("refs/heads/feature/side" + std::to_string(mark), tip, 0);
      tip = commit("refs/heads/main", tip, side);
    } else {
      tip = commit("refs/heads/main", tip, 0);
    }
  }
  commit("refs/notes/kept-alone", tip, 0);
  import << "reset refs/tags/v1\nfrom :1\n\n";
  import << "tag v2\nfrom :" << tip << "\ntagger Ann <ann@x.org> 1700000999 -0330\ndata 8\nVersion\n\n";
  std::ofstream(folder / "import") << import.str();
  run(folder,
      "git fast-import --quiet < import && rm import && git update-ref refs/tags/readme "
      "$(echo hi | git hash-object -w --stdin)");
}

std::vector<std::string> ids_in(const fs::path& file) {
  std::ifstream stream(file);
  std::vector<std::string> ids;
  for (std::string line; std::getline(stream, line);) {
    const auto json = client::Json::parse(line, nullptr, false);
    INFO(line);
    REQUIRE(json.is_object());
    ids.push_back(json.at("id").get<std::string>());
  }
  return ids;
}

std::vector<std::string> sorted(std::vector<std::string> lines) {
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::string read_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_file(const fs::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

}  // namespace crawlhub::git_crawler::test
