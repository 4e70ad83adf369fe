#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <crawlhub/abi/host.h>

#include "host/commands/registry.hpp"

// A command being executed by a plugin: takes its answer. The C ABI knows it as an opaque pointer.
struct crawlhub_command_call {
 public:
  // INVALID, and nothing is kept, where json is not one JSON value, or there is an answer already.
  crawlhub_status reply(std::string_view json);
  // INVALID where there is an answer already. A code that is not of the catalogue becomes PLUGIN_FAILED.
  crawlhub_status fail(std::int32_t code, std::string_view text);

  bool replied() const { return answered_ && answer_.code == 0; }
  bool refused() const { return answered_ && answer_.code != 0; }
  crawlhub::CommandAnswer take() { return std::move(answer_); }

 private:
  crawlhub::CommandAnswer answer_;
  bool answered_ = false;
};
