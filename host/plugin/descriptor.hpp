#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <crawlhub/abi/handler.h>
#include <crawlhub/abi/middleware.h>
#include <crawlhub/abi/notifier.h>
#include <crawlhub/abi/plugin.h>
#include <crawlhub/abi/storage.h>

#include "host/core/status.hpp"

namespace crawlhub {

// What a plugin says of itself, copied out of its library: texts, and the table of functions of its kind.
// Functions that the plugin's table is too short for are null.
struct Descriptor {
  std::string name, version, summary;
  std::string config_schema;  // empty: takes no config
  std::string after;          // middleware: who must stand before it
  std::uint32_t kind = 0;     // CRAWLHUB_KIND_*
  std::uint32_t flags = 0;
  std::uint16_t needs_host_minor = 0;

  // The one of its kind is filled.
  crawlhub_handler handler{};
  crawlhub_middleware middleware{};
  crawlhub_storage storage{};
  crawlhub_notifier notifier{};
};

// Copies and checks. Errors: a sentence that names the field.
Result<Descriptor> read_descriptor(const crawlhub_plugin& plugin);

// "handler", "middleware", ...; "unknown" for a number that is none.
std::string_view kind_name(std::uint32_t kind);

}  // namespace crawlhub
