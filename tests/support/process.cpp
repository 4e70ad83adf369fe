#include "tests/support/process.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/eventually.hpp"
#include "tests/support/temporary_directory.hpp"

namespace crawlhub::testing {

Process::Process(const std::vector<std::string>& command, const Options& options) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);

  std::vector<std::string> variables;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string text = *one;
    if (!options.environment.contains(text.substr(0, text.find('=')))) variables.push_back(text);
  }
  for (const auto& [name, value] : options.environment) variables.push_back(name + "=" + value);
  std::vector<char*> environment;
  for (std::string& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  const auto redirect = [&](int fd, const std::string& path) {
    posix_spawn_file_actions_addopen(&files, fd, path.empty() ? "/dev/null" : path.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
  };
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  redirect(1, options.output);
  redirect(2, options.errors);
  const int error = posix_spawnp(&pid_, arguments[0], &files, nullptr, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) throw std::runtime_error("cannot start " + command[0]);
}

Process::Process(Process&& other) noexcept : pid_(std::exchange(other.pid_, -1)), exit_(other.exit_) {}

Process& Process::operator=(Process&& other) noexcept {
  if (this != &other) {
    kill();
    pid_ = std::exchange(other.pid_, -1);
    exit_ = other.exit_;
  }
  return *this;
}

Process::~Process() {
  kill();
}

bool Process::reap(bool block) {
  if (pid_ < 0 || exit_) return true;
  int status = 0;
  if (::waitpid(pid_, &status, block ? 0 : WNOHANG) != pid_) return false;
  exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return true;
}

bool Process::running() {
  return pid_ >= 0 && !reap(false);
}

void Process::signal(int number) {
  if (running()) ::kill(pid_, number);
}

std::optional<int> Process::wait(std::chrono::milliseconds most) {
  eventually([this] { return reap(false); }, most);
  return exit_;
}

void Process::kill() {
  signal(SIGKILL);
  reap(true);
}

Finished run(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment) {
  const TemporaryDirectory directory;
  Process process(command, {directory / "out", directory / "err", environment});
  Finished finished;
  finished.code = process.wait(std::chrono::minutes(2)).value_or(-1000);
  finished.output = read_file(directory / "out");
  finished.errors = read_file(directory / "err");
  return finished;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace crawlhub::testing
