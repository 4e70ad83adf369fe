#include <thread>

#include <signal.h>
#include <sys/signalfd.h>

#include "crawler.hpp"
#include "git.hpp"
#include "options.hpp"

namespace {

using crawlhub::git_crawler::Stop;

/// SIGINT and SIGTERM ask for an end; a second one ends at once. They are blocked in every thread and read
/// here.
void watch_signals(int signals, int end, Stop& stop) {
  pollfd waits[] = {{signals, POLLIN, 0}, {end, POLLIN, 0}};
  for (int seen = 0; ::poll(waits, 2, -1) >= 0 || errno == EINTR;) {
    signalfd_siginfo signal{};
    if (waits[1].revents != 0) return;
    if (::read(signals, &signal, sizeof signal) != sizeof signal) continue;
    if (++seen > 1) ::_exit(128 + static_cast<int>(signal.ssi_signo));
    stop.request();
  }
}

}  // namespace

int main(int argc, char** argv) {
  int exit_code = 0;
  const auto options = crawlhub::git_crawler::read_command_line(argc, argv, exit_code);
  if (!options) return exit_code;

  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGINT);
  sigaddset(&wanted, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
  const crawlhub::client::Socket signals(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
  const crawlhub::client::detail::Signal ended;
  Stop stop;
  std::thread watcher([&] { watch_signals(signals.fd(), ended.fd(), stop); });

  const crawlhub::git_crawler::git::Library library;
  exit_code = crawlhub::git_crawler::Crawler(*options, stop).run();
  ended.raise();
  watcher.join();
  return exit_code;
}
