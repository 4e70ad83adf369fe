// The rules of the protocol's messages, as tables.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace crawlhub::validation {

// What a field's value must look like.
enum class Shape : std::uint8_t {
  kAny,
  kBoolean,
  kNumber,
  kCount,  // a number >= 0
  kText,
  kWord,         // one of Field::words
  kEntityType,   // one of the configured entity types; any text in the older dialect
  kNumberMap,    // an object of numbers
  kTextList,     // a list of strings
  kResumeState,  // {lastEntityId?: text, currentPage?: number, entityType?: text}
  kList,
  kObject,
  kEntityList,  // the older dialect's list of {entity_type, total_discovered, total_processed, ...}
};

enum class Need : std::uint8_t {
  kOptional,
  kRequired,
  kRequiredNewer,  // required, but not in the older dialect
  kExtension,      // optional, and judged only where the crawler said hello: to others it is an unknown field
  kOlder,          // optional, and judged only in the older dialect
};

struct Field {
  std::string_view key;
  Shape shape;
  Need need = Need::kOptional;
  std::span<const std::string_view> words = {};
};

struct Rule {
  std::string_view type;
  bool needs_job;  // jobId is required
  std::span<const Field> fields;
};

// One rule for each type that a crawler may send. Types without one (hub's own, unknown ones) are not judged
// here: no handler takes them.
std::span<const Rule> rules() noexcept;

// The entity types of the protocol, where the config names none.
std::span<const std::string_view> default_entity_types() noexcept;

}  // namespace crawlhub::validation
