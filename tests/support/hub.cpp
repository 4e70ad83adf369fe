#include "tests/support/hub.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/eventually.hpp"
#include "tests/support/socket.hpp"

namespace crawlhub::testing {

namespace {

constexpr const char* kPlugins[] = {"middleware-compatibility", "middleware-validation", "middleware-log",
                                    "handler-heartbeat",        "handler-jobs",          "handler-progress",
                                    "handler-discovery",        "notifier-log"};

// Bound by nobody a moment ago. Another test may take it in between; then the start is tried with the next.
int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ::bind(fd, reinterpret_cast<const sockaddr*>(&address), size);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

}  // namespace

std::string hub_program() {
  return CRAWLHUB_BIN "/crawlhub";
}
std::string git_crawler_program() {
  return CRAWLHUB_BIN "/crawlhub-git-crawler";
}

Hub::Hub(HubOptions options) : options_(std::move(options)) {
  write_config();
}

void Hub::write_config() {
  if (options_.tcp) tcp_port_ = free_port();
  if (options_.http) http_port_ = free_port();
  std::ofstream out(config(), std::ios::trunc);
  out << "profile: test\nstate_directory: " << (directory_ / "state")
      << "\nlisteners:\n  - { unix: " << socket() << " }\n";
  if (options_.tcp) out << "  - { tcp: \"127.0.0.1:" << tcp_port_ << "\", auth: none }\n";
  if (options_.http) out << "http: { listen: \"127.0.0.1:" << http_port_ << "\" }\n";
  out << "admin: { unix: " << admin_socket() << " }\nplugin_path: [ " << CRAWLHUB_PLUGINS << " ]\n"
      << options_.top;
  out << "plugins:\n  - { name: " << options_.storage << ", config: " << options_.storage_config << " }\n";
  for (const char* name : kPlugins) {
    if (std::ranges::find(options_.leave_out, name) != options_.leave_out.end()) continue;
    const auto own =
        std::ranges::find(options_.plugin_configs, name, &std::pair<std::string, std::string>::first);
    out << "  - { name: " << name
        << ", config: " << (own == options_.plugin_configs.end() ? "{}" : own->second) << " }\n";
  }
}

void Hub::start() {
  process_ = Process({hub_program(), "serve", "--config", config()},
                     {.output = {}, .errors = directory_ / "log", .environment = {}});
  const bool ready = eventually(
      [this] {
        if (!process_.running()) throw std::runtime_error("the hub ended at its start:\n" + log());
        try {
          return admin("health")["ready"].get<bool>();
        } catch (const std::runtime_error&) {
          return false;
        }
      },
      std::chrono::seconds(60));
  if (!ready) throw std::runtime_error("the hub did not get ready:\n" + log());
}

void Hub::kill() {
  process_.kill();
}

int Hub::stop() {
  process_.signal(SIGTERM);
  return process_.wait(std::chrono::seconds(30)).value_or(-1000);
}

nlohmann::json Hub::admin(const std::string& command, const nlohmann::json& arguments) {
  Socket socket = Socket::unix_path(admin_socket());
  socket.send_message(nlohmann::json{{"command", command}, {"arguments", arguments}});
  const auto reply = socket.receive(std::chrono::seconds(60));
  if (!reply) throw std::runtime_error("no answer to " + command);
  if (!(*reply)["ok"].get<bool>()) throw std::runtime_error((*reply)["error"].get<std::string>());
  return (*reply)["answer"];
}

Finished Hub::cli(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), hub_program());
  return run(arguments, {{"CRAWLHUB_ADMIN", admin_socket()}});
}

}  // namespace crawlhub::testing
