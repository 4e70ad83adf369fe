#include "host/app/listener_options.hpp"

#include <algorithm>

#include <grp.h>
#include <pwd.h>

namespace crawlhub {

namespace {

bool numeric(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// A name or a number; nothing where it is empty. The config has checked that it exists.
std::optional<std::uint32_t> user_id(const std::string& name) {
  if (name.empty()) return std::nullopt;
  if (numeric(name)) return static_cast<std::uint32_t>(std::stoul(name));
  const passwd* user = ::getpwnam(name.c_str());
  return user != nullptr ? std::optional<std::uint32_t>(user->pw_uid) : std::nullopt;
}

std::optional<std::uint32_t> group_id(const std::string& name) {
  if (name.empty()) return std::nullopt;
  if (numeric(name)) return static_cast<std::uint32_t>(std::stoul(name));
  const group* found = ::getgrnam(name.c_str());
  return found != nullptr ? std::optional<std::uint32_t>(found->gr_gid) : std::nullopt;
}

}  // namespace

ListenerOptions listener_options(const ListenerConfig& config) {
  ListenerOptions options;
  options.unix_path = config.unix_path;
  if (config.tcp) options.tcp = config.tcp->text();
  options.mode = config.mode;
  options.owner = user_id(config.owner);
  options.group = group_id(config.group);
  if (config.backlog > 0) options.backlog = config.backlog;
  options.framing = config.framing == Framing::ndjson        ? FramingMode::kNdjson
                    : config.framing == Framing::json_stream ? FramingMode::kJsonStream
                                                             : FramingMode::kAuto;
  return options;
}

}  // namespace crawlhub
