#include "host/app/listener_options.hpp"

namespace crawlhub {

ListenerOptions listener_options(const ListenerConfig& config) {
  ListenerOptions options;
  options.unix_path = config.unix_path;
  if (config.tcp) options.tcp = config.tcp->text();
  options.mode = config.mode;
  options.owner = config.owner;
  options.group = config.group;
  if (config.backlog > 0) options.backlog = config.backlog;
  options.framing = config.framing == Framing::ndjson        ? FramingMode::kNdjson
                    : config.framing == Framing::json_stream ? FramingMode::kJsonStream
                                                             : FramingMode::kAuto;
  return options;
}

}  // namespace crawlhub
