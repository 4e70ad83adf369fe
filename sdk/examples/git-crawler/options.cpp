#include "options.hpp"

#include <fstream>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <crawlhub/client/address.hpp>

namespace crawlhub::git_crawler {

namespace {

constexpr int kUsage = 2;

std::string default_id() {
  char host[256] = "localhost";
  ::gethostname(host, sizeof host - 1);
  return std::string("git-crawler-") + host + "-" + std::to_string(::getpid());
}

std::string check_address(const std::string& text) {
  const auto address = client::parse_address(text);
  return address ? std::string() : address.error();
}

std::string read_token(const std::string& path) {
  std::ifstream file(path);
  std::string token;
  std::getline(file, token);
  return token;
}

void add_options(CLI::App& app, CommandLine& line, std::string& token_file, long& timeout, long& fresh) {
  app.add_option("--hub", line.hub, "where the hub listens: unix:/path or tcp:host:port")
      ->required()
      ->check(CLI::Validator(check_address, "ADDRESS"));
  app.add_option("--id", line.id, "this crawler's name: unique in the fleet, stable over restarts");
  app.add_option("--token-file", token_file, "file with the token of the hub's listener")
      ->check(CLI::ExistingFile);
  app.add_option("--output", line.output, "folder for the NDJSON files; crawlers may share it")
      ->capture_default_str();
  app.add_option("--page-size", line.page_size, "entities written and reported at a time")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--parallel", line.parallel, "jobs at a time")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_option("--rate", line.rate, "at most so many entities a second; 0: as fast as it goes")
      ->check(CLI::Range(0.0, 1e9))
      ->capture_default_str();
  app.add_flag("--once,--idle-exit", line.once, "end when the hub has no job for us and none runs here");
  app.add_flag("--groups", line.groups, "report the folders between the repositories as groups too");
  app.add_option("--hub-timeout", timeout, "end (exit code 3) after so many seconds without a hub; 0: never")
      ->check(CLI::Range(0L, 31'536'000L))
      ->capture_default_str();
  app.add_option("--fetch-interval", fresh,
                 "seconds for which a fetched mirror of a remote repository is new enough")
      ->check(CLI::Range(0L, 31'536'000L))
      ->capture_default_str();
  app.add_flag("--quiet", line.quiet, "say only what goes wrong");
}

}  // namespace

std::optional<CommandLine> read_command_line(int argc, char** argv, int& exit_code) {
  CLI::App app(
      "Crawls git repositories for a hub: takes jobs for areas, project, branch, commit and release");
  app.set_version_flag("--version", "crawlhub-git-crawler " CRAWLHUB_GIT_CRAWLER_VERSION);
  app.failure_message(CLI::FailureMessage::simple);
  CommandLine line;
  std::string token_file;
  long timeout = 0;
  long fresh = line.fresh_for.count();
  add_options(app, line, token_file, timeout, fresh);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : kUsage;
    return std::nullopt;
  }
  if (line.id.empty()) line.id = default_id();
  if (!token_file.empty()) line.token = read_token(token_file);
  line.hub_timeout = std::chrono::seconds(timeout);
  line.fresh_for = std::chrono::seconds(fresh);
  return line;
}

}  // namespace crawlhub::git_crawler
