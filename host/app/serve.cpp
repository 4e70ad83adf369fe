#include "host/app/serve.hpp"

#include <csignal>
#include <iostream>

#include <unistd.h>

#include "host/app/hub.hpp"

namespace crawlhub {

namespace {

ConfigResult load(const ServeOptions& options, const Environment& environment) {
  ConfigRequest request;
  request.file = options.config_file;
  request.directory = options.directory;
  request.environment = environment;
  return load_config(request);
}

}  // namespace

int serve(const ServeOptions& options) {
  // A peer that closed its socket is an error of that write, never of the process.
  std::signal(SIGPIPE, SIG_IGN);
  const Environment environment = process_environment();
  ConfigResult config = load(options, environment);
  if (!config.ok()) {
    for (const ConfigProblem& problem : config.errors) std::cerr << problem.to_string() << '\n';
    return 1;
  }
  Logger::Options logging;
  logging.level = config.config.log_level;
  logging.format = config.config.log_format;
  Logger logger(logging);
  for (const ConfigProblem& problem : config.warnings) logger.warn("config", problem.to_string());

  Hub hub(std::move(config), environment, logger);
  const Status started = hub.start();
  if (started) {
    hub.run();
  } else {
    logger.error("hub", started.text());
  }
  hub.stop();
  if (hub.plugins().abandoned()) {
    // A plugin's call never returned: its thread may use anything, so nothing may be destroyed.
    std::cerr << "crawlhub: a plugin's function never returned; leaving without it\n";
    ::_exit(started ? 0 : 1);
  }
  return started ? 0 : 1;
}

}  // namespace crawlhub
