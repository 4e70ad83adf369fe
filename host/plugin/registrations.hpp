#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <crawlhub/abi/host.h>

namespace crawlhub {

// What a plugin registered in create. Nothing of it has an effect outside the instance until the host takes
// it up.

struct RegisteredType {
  std::string type;
  std::uint32_t flags = 0;  // CRAWLHUB_TYPE_*
  std::uint32_t route = 0;
};

struct RegisteredSection {
  std::uint32_t kind = 0;  // CRAWLHUB_SECTION_*
  std::string name;
  void (*fn)(void* self, crawlhub_sink sink, void* context) = nullptr;
};

struct RegisteredCommand {
  std::string name, summary, role, input, columns;
  bool read_only = false;
  crawlhub_status (*execute)(void* self, crawlhub_command_call* call, crawlhub_str arguments) = nullptr;
};

struct Registrations {
  std::vector<RegisteredType> types;
  std::vector<std::string> capabilities;
  std::vector<RegisteredSection> sections;
  std::vector<std::string> subscriptions;  // prefixes of event names
  std::vector<RegisteredCommand> commands;
};

}  // namespace crawlhub
