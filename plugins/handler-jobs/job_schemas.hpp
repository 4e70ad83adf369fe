// How the commands on jobs are shown and what they take.
#pragma once

namespace crawlhub::jobs {

inline constexpr char kAddInput[] = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "entityType": {"type": "string", "x-cli": {"flag": "--entity-type"}, "description": "What is to be crawled: project, group, issue, areas, ..."},
    "entityId": {"type": "string", "x-cli": {"flag": "--entity-id"}, "description": "Its full path; may be left out for areas"},
    "account": {"type": "string", "description": "Name of the account that it is done for"},
    "priority": {"type": "integer", "default": 1, "description": "Higher goes first"},
    "runAt": {"type": "string", "x-cli": {"flag": "--run-at"}, "description": "Not before this time: 2025-01-31T12:00:00Z"},
    "uniqueKey": {"type": "string", "x-cli": {"flag": "--unique-key"}, "description": "A job with a key that is used already is not added; the old one's id is answered"},
    "gitlabUrl": {"type": "string", "x-cli": {"flag": "--url"}, "description": "Instead of the account's URL"},
    "provider": {"type": "string", "description": "Instead of the account's provider"},
    "gitlabId": {"type": "string", "x-cli": {"flag": "--gitlab-id"}, "description": "Its id at the provider"},
    "name": {"type": "string", "description": "A name for people"},
    "command": {"type": "string", "description": "The web application's command, kept as it is"},
    "data": {"type": "object", "description": "Kept with the job as it is"},
    "file": {"type": "string", "x-cli": {"file": true}, "description": "A file of jobs instead: one JSON object a line, with these fields"},
    "jobs": {"type": "array", "items": {"type": "object"}, "description": "Several jobs instead, each an object with these fields"}
  }
})";

inline constexpr char kListInput[] = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "status": {"type": "string", "enum": ["queued", "assigned", "running", "paused", "waiting_credential_renewal", "credential_renewed", "credential_expired", "finished", "failed", "cancelled"], "description": "Only jobs in this state"},
    "account": {"type": "string", "description": "Only jobs of this account"},
    "entityType": {"type": "string", "x-cli": {"flag": "--entity-type"}, "description": "Only jobs of this type"},
    "limit": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50, "description": "So many at most"},
    "after": {"type": "string", "description": "Goes on behind the page that answered this as next"}
  }
})";

inline constexpr char kNoInput[] = R"({"type": "object", "additionalProperties": false, "properties": {}})";

inline constexpr char kCountColumns[] = R"({"list": "types", "columns": [
  {"title": "TYPE", "path": "entityType"}, {"title": "QUEUED", "path": "queued"}, {"title": "RUNNING", "path": "running"},
  {"title": "FINISHED", "path": "finished"}, {"title": "FAILED", "path": "failed"}, {"title": "ITEMS", "path": "items"}]})";

inline constexpr char kListColumns[] = R"({"list": "jobs", "columns": [
  {"title": "ID", "path": "id"}, {"title": "STATUS", "path": "status"}, {"title": "TYPE", "path": "entityType"},
  {"title": "ENTITY", "path": "entityId"}, {"title": "ACCOUNT", "path": "account"}, {"title": "PRIO", "path": "priority"},
  {"title": "TRIES", "path": "attempts"}, {"title": "HELD BY", "path": "leasedTo"}, {"title": "CREATED", "path": "createdAt"},
  {"title": "ERROR", "path": "error"}]})";

inline constexpr char kIdInput[] = R"({
  "type": "object", "additionalProperties": false, "required": ["id"],
  "properties": {"id": {"type": "string", "minLength": 1, "x-cli": {"positional": 0}, "description": "Id of the job"}}
})";

}  // namespace crawlhub::jobs
