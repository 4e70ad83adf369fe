#pragma once

#include <cstddef>
#include <string>

#include <crawlhub/abi/errors.h>

#include "host/core/status.hpp"

namespace crawlhub {

// Why a text was refused.
struct ParseError {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  ErrorCode code = 0;
  std::size_t offset = 0;  // in bytes, from the beginning of the text
  std::string reason;
  // Where the first top-level value is valid and more than white space follows it: where that begins.
  std::size_t leftover = kNone;

  // "at byte 17: expected ':' after the key"
  std::string text() const { return "at byte " + std::to_string(offset) + ": " + reason; }
};

}  // namespace crawlhub
