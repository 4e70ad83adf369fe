#include <iostream>

#include <nlohmann/json.hpp>

#include "host/app/hub.hpp"
#include "host/app/serve.hpp"

namespace crawlhub {

int check(const ServeOptions& options, bool json) {
  const Environment environment = process_environment();
  ConfigRequest request;
  request.file = options.config_file;
  request.directory = options.directory;
  request.environment = environment;
  ConfigResult config = load_config(request);
  std::vector<std::string> errors, warnings;
  for (const ConfigProblem& problem : config.errors) errors.push_back(problem.to_string());
  if (config.ok()) {
    // Plugins say their findings themselves; what they log is for the one who reads those.
    Logger::Options logging;
    logging.level = LogLevel::error;
    Logger logger(logging);
    Hub hub(config, environment, logger);
    for (std::string& finding : hub.probe()) errors.push_back(std::move(finding));
  }
  for (const ConfigProblem& problem : config.warnings) warnings.push_back(problem.to_string());

  if (json) {
    std::cout << nlohmann::json{{"ok", errors.empty()}, {"errors", errors}, {"warnings", warnings}}.dump()
              << '\n';
  } else {
    for (const std::string& warning : warnings) std::cerr << "warning: " << warning << '\n';
    for (const std::string& error : errors) std::cerr << error << '\n';
    if (errors.empty()) std::cerr << "the configuration is good\n";
  }
  return errors.empty() ? 0 : 1;
}

}  // namespace crawlhub
