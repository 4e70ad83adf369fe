#include "host/app/serve.hpp"
#include "host/main/command_line.hpp"

int main(int argc, char** argv) {
  using crawlhub::ServeOptions;
  crawlhub::LocalCommands local;
  local.serve = [](const std::string& config, const std::string& directory) {
    return crawlhub::serve(ServeOptions{config, directory});
  };
  local.check = [](const std::string& config, const std::string& directory, bool json) {
    return crawlhub::check(ServeOptions{config, directory}, json);
  };
  return crawlhub::run_command_line(argc, argv, local);
}
