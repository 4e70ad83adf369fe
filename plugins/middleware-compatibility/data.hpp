// The data of each message type that the older dialect spells otherwise, field by field.
#pragma once

#include <span>
#include <string_view>

#include <crawlhub/json_text.hpp>
#include <crawlhub/json_value.hpp>

namespace crawlhub::compatibility {

struct OlderType {
  std::string_view type;
  std::span<const std::string_view> keys;  // that mark its data as older
  // Appends the members of the translated data (without braces).
  void (*write)(Members data, JsonText& out);
};

std::span<const OlderType> older_types() noexcept;

}  // namespace crawlhub::compatibility
