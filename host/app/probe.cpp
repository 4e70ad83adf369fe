// What `crawlhub check` looks at beside the text of the configuration.
#include <filesystem>

#include "host/app/hub.hpp"
#include "host/app/listener_options.hpp"

namespace crawlhub {

std::vector<std::string> Hub::probe() {
  std::vector<std::string> findings;
  const Config& of = config();
  const std::string source = of.source.empty() ? "built-in configuration" : of.source;
  for (const ListenerConfig& listener : of.listeners) {
    // Start makes the state directory; a socket in it needs no other.
    const auto directory = std::filesystem::path(listener.unix_path).parent_path();
    if (!listener.tcp && directory == of.state_directory && !std::filesystem::exists(directory)) continue;
    if (Status status = ListeningSocket::probe(listener_options(listener)); !status)
      findings.push_back(ConfigProblem{source, listener.position, "", status.text()}.to_string());
  }
  plugins_.load_all(config_, environment_, loader());
  for (const PluginSlot& slot : plugins_.slots()) {
    findings.insert(findings.end(), slot.config_problems.begin(), slot.config_problems.end());
    if (!slot.problem.empty() && slot.config_problems.empty())
      findings.push_back(slot.place + ": " + slot.problem);
    if (!slot.serves()) continue;
    std::vector<std::string> said;
    Status status = slot.instance->probe(said);
    for (const std::string& sentence : said)
      findings.push_back(slot.place + ": " + slot.name + ": " + sentence);
    if (!status && said.empty()) findings.push_back(slot.place + ": " + slot.name + ": " + status.text());
  }
  if (Status status = plugins_.check_whole(); !status) findings.push_back(source + ": " + status.text());
  plugins_.stop(
      std::chrono::seconds(5), [] {}, logger_);
  return findings;
}

}  // namespace crawlhub
