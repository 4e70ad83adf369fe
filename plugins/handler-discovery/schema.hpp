// The JSON Schema of the configuration, which the descriptor shows.
#pragma once

namespace crawlhub::discovery {

inline constexpr char kSchema[] = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "data_types": {
      "type": "object", "additionalProperties": false, "default": {},
      "description": "Entity types of the jobs that each discovered project or group gets beside its own",
      "properties": {
        "project": {"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": true,
          "x-env": "CRAWLHUB_PROJECT_TYPES",
          "default": ["issue", "merge_request", "commit", "branch", "pipeline", "jobs", "mergeRequestNotes"],
          "description": "For a project"},
        "group": {"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": true,
          "x-env": "CRAWLHUB_GROUP_TYPES",
          "default": ["groupMilestones", "epics"],
          "description": "For a group"}
      }
    }
  }
})";

}  // namespace crawlhub::discovery
