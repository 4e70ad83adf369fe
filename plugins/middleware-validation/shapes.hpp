// Whether a value has the shape that its field demands.
#pragma once

#include <string>
#include <string_view>

#include <crawlhub/json_value.hpp>
#include <crawlhub/key_table.hpp>

#include "rules.hpp"

namespace crawlhub::validation {

// What breaks a rule: where, what was expected, what stood there instead.
struct Breach {
  std::string where;  // behind the field's own name: "", ".currentPage", "[2].total_processed"
  std::string expected;
  std::string got;
};

struct Context {
  const KeyTable& entity_types;
  bool older;  // the message came in the older dialect: entity names are free
};

// Whether value, which is not null, suits field. Allocates only where it does not, to say why.
bool suits(const Field& field, Member value, const Context& context, Breach& breach);

// "a number >= 0", "one of idle, discovering, processing, error": what suits a field, in words.
std::string expectation(const Field& field, const KeyTable& entity_types);

}  // namespace crawlhub::validation
