#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/support/process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace crawlhub::testing {

// What a test's hub is made of. Texts are YAML (JSON is YAML, too).
struct HubOptions {
  std::string storage = "storage-sqlite";
  std::string storage_config = "{}";
  // By plugin name; only what differs from the default.
  std::vector<std::pair<std::string, std::string>> plugin_configs;
  std::string top;                     // more keys, such as "limits: { connections: 5 }\n"
  bool tcp = false;                    // listens on a free TCP port, too
  bool http = false;                   // and serves HTTP on another
  std::vector<std::string> leave_out;  // default plugins not wanted
};

// The real binary with every default plugin, in a directory of its own.
class Hub {
 public:
  explicit Hub(HubOptions options = {});

  void start();  // and waits until it answers
  void kill();   // SIGKILL
  int stop();    // SIGTERM; its exit code

  // A command over the admin socket. Throws with the hub's sentence where it is refused.
  nlohmann::json admin(const std::string& command,
                       const nlohmann::json& arguments = nlohmann::json::object());
  // The command line against this hub.
  Finished cli(std::vector<std::string> arguments);

  Process& process() { return process_; }
  std::string socket() const { return directory_ / "crawler.sock"; }
  std::string admin_socket() const { return directory_ / "admin.sock"; }
  std::string config() const { return directory_ / "crawlhub.yaml"; }
  std::string log() const { return read_file(directory_ / "log"); }
  int tcp_port() const { return tcp_port_; }
  int http_port() const { return http_port_; }
  const TemporaryDirectory& directory() const { return directory_; }

 private:
  void write_config();

  HubOptions options_;
  TemporaryDirectory directory_;
  int tcp_port_ = 0, http_port_ = 0;
  Process process_;
};

std::string hub_program();
std::string git_crawler_program();

}  // namespace crawlhub::testing
