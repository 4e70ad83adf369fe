// The JSON Schema of the configuration, which the descriptor shows.
#pragma once

namespace crawlhub::progress {

inline constexpr char kSchema[] = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "keep": {"type": "string", "format": "duration", "default": "1h",
      "description": "How long the details of an ended job are kept in memory; afterwards the storage's are shown"},
    "events": {"type": "string", "format": "duration", "default": "1s",
      "description": "Progress of one job is published at most once in so long; milestones always are"}
  }
})";

}  // namespace crawlhub::progress
