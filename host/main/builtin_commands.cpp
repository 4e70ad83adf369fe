#include "host/main/command_spec.hpp"

namespace crawlhub {

namespace {

// The words that operators, scripts and other tools rely on. A command of the hub that is not here is offered
// too, from the descriptor that the hub sends; these are known without one, so that help, completions and the
// man page need none.
constexpr const char* kDescriptors = R"json([
{"name": "status", "summary": "Say how the hub is: uptime, connections, jobs by state, health, plugins"},
{"name": "connections", "summary": "List the crawlers that are connected",
 "columns": {"columns": [
  {"title": "ID", "path": "id"}, {"title": "CRAWLER", "path": "crawlerId"}, {"title": "STATE", "path": "state"},
  {"title": "HEALTH", "path": "health"}, {"title": "JOBS", "path": "activeJobs"},
  {"title": "RECEIVED", "path": "stats.messagesReceived"}, {"title": "SENT", "path": "stats.messagesSent"},
  {"title": "LAST ACTIVITY", "path": "lastActivity"}, {"title": "FROM", "path": "remoteAddress"}]}},

{"name": "jobs.add", "summary": "Queue a job, or every job of a file",
 "input": {"properties": {
  "entityType": {"type": "string", "description": "what to crawl: areas, project, issue, commit ..."},
  "entityId": {"type": "string", "description": "which one, by its full path; may be left out for areas"},
  "account": {"type": "string", "description": "name of the account whose token and URL the crawler gets"},
  "priority": {"type": "integer", "description": "higher ones are handed out first (default 1)"},
  "runAt": {"type": "string", "description": "not before this time, ISO 8601"},
  "uniqueKey": {"type": "string", "description": "a job with this key is queued once only"},
  "file": {"type": "string", "description": "file with one job a line, JSON; - is stdin", "x-cli": {"local": true}}}}},
{"name": "jobs.list", "summary": "List jobs, newest first",
 "input": {"properties": {
  "status": {"type": "string", "description": "only those in this state: queued, running, finished, failed ..."},
  "account": {"type": "string", "description": "only those of this account"},
  "entityType": {"type": "string", "description": "only those of this type"},
  "limit": {"type": "integer", "description": "at most so many, 1 to 1000 (default 50)"},
  "after": {"type": "string", "description": "go on from the cursor that the page before ended with"}}},
 "columns": {"list": "jobs", "columns": [
  {"title": "ID", "path": "id"}, {"title": "STATUS", "path": "status"}, {"title": "TYPE", "path": "entityType"},
  {"title": "ENTITY", "path": "entityId"}, {"title": "ACCOUNT", "path": "account"},
  {"title": "PRIO", "path": "priority"}, {"title": "TRY", "path": "attempts"},
  {"title": "DONE", "path": "progress.overall_completion", "format": "percent"},
  {"title": "HELD BY", "path": "leasedTo"}, {"title": "CREATED", "path": "createdAt"},
  {"title": "ERROR", "path": "error"}]}},
{"name": "jobs.show", "summary": "Show a job with its progress",
 "input": {"required": ["id"], "properties": {
  "id": {"type": "string", "description": "the job", "x-cli": {"positional": 1}}}}},
{"name": "jobs.cancel", "summary": "Cancel a job",
 "input": {"required": ["id"], "properties": {
  "id": {"type": "string", "description": "the job", "x-cli": {"positional": 1}}}}},
{"name": "jobs.retry", "summary": "Queue a failed or cancelled job again, with all its attempts",
 "input": {"required": ["id"], "properties": {
  "id": {"type": "string", "description": "the job", "x-cli": {"positional": 1}}}}},

{"name": "accounts.add", "summary": "Add an account: where to crawl, and the token to do it with",
 "input": {"required": ["name"], "properties": {
  "name": {"type": "string", "description": "how jobs name it", "x-cli": {"positional": 1}},
  "provider": {"type": "string", "description": "gitlab-onprem, gitlab-cloud, jiralocal, jiracloud ..."},
  "url": {"type": "string", "description": "where the provider answers"},
  "token": {"type": "string", "description": "its access token; others on this machine may see it, better is"},
  "token_file": {"type": "string", "description": "a file that holds its access token; - is stdin",
   "x-cli": {"flag": "--token-file", "file": true}}}}},
{"name": "accounts.list", "summary": "List the accounts, without their tokens",
 "columns": {"list": "accounts", "columns": [
  {"title": "NAME", "path": "name"}, {"title": "PROVIDER", "path": "provider"}, {"title": "URL", "path": "url"},
  {"title": "EXPIRES", "path": "expiresAt"}]}},
{"name": "accounts.remove", "summary": "Remove an account; its jobs stay, and wait for an account of that name",
 "input": {"required": ["name"], "properties": {
  "name": {"type": "string", "description": "the account", "x-cli": {"positional": 1}}}}},

{"name": "progress", "summary": "Show the progress of all jobs together, or of one",
 "input": {"properties": {
  "job": {"type": "string", "description": "the job; without it, all together", "x-cli": {"positional": 1}},
  "follow": {"type": "boolean", "description": "live bars, until nothing is queued or running", "x-cli": {"local": true}},
  "watch": {"type": "boolean", "description": "live bars, until interrupted", "x-cli": {"local": true}}}}},
{"name": "errors", "summary": "List the newest errors",
 "input": {"properties": {
  "limit": {"type": "integer", "description": "at most so many"}}},
 "columns": {"list": "errors", "columns": [
  {"title": "TIME", "path": "timestamp"}, {"title": "SEVERITY", "path": "severity"},
  {"title": "CATEGORY", "path": "category"}, {"title": "CODE", "path": "code"}, {"title": "JOB", "path": "jobId"},
  {"title": "CRAWLER", "path": "crawlerId"}, {"title": "MESSAGE", "path": "message"}]}},
{"name": "errors.stats", "summary": "Count the errors by category and severity, with the most frequent and the trend"},

{"name": "plugins.list", "summary": "List the plugins",
 "columns": {"list": "plugins", "columns": [
  {"title": "NAME", "path": "name"}, {"title": "KIND", "path": "kind"}, {"title": "VERSION", "path": "version"},
  {"title": "GENERATION", "path": "generation"}, {"title": "STATE", "path": "state"}, {"title": "CALLS", "path": "calls"},
  {"title": "FAILURES", "path": "failures"}]}},
{"name": "plugins.show", "summary": "Show a plugin: its file, configuration, commands and state",
 "input": {"required": ["name"], "properties": {
  "name": {"type": "string", "description": "the plugin", "x-cli": {"positional": 1}}}}},

{"name": "events", "summary": "Print events as they happen, until interrupted",
 "input": {"properties": {
  "prefix": {"type": "string", "description": "only those whose name begins so: job. for jobs"}}}},
{"name": "send", "summary": "Send a message to a crawler",
 "input": {"required": ["crawler", "message"], "properties": {
  "crawler": {"type": "string", "description": "a crawlerId or a connection's id", "x-cli": {"positional": 1}},
  "message": {"type": "object", "description": "file with the message, JSON; - is stdin",
   "x-cli": {"positional": 2, "file": true}}}}},
{"name": "broadcast", "summary": "Send a message to every crawler",
 "input": {"required": ["message"], "properties": {
  "message": {"type": "object", "description": "file with the message, JSON; - is stdin",
   "x-cli": {"positional": 1, "file": true}}}}},

{"name": "drain", "summary": "Hand out no more jobs, and wait until none runs",
 "input": {"properties": {
  "timeout": {"type": "number", "description": "seconds to wait at most (60)"}}}},
{"name": "shutdown", "summary": "Stop the hub in good order"},
{"name": "config.show", "summary": "Show every setting with the place it comes from",
 "columns": {"list": "settings", "columns": [
  {"title": "KEY", "path": "key"}, {"title": "VALUE", "path": "value"}, {"title": "FROM", "path": "origin"}]}},
{"name": "commands", "summary": "List the commands that the running hub and its plugins offer",
 "columns": {"list": "commands", "columns": [
  {"title": "COMMAND", "path": "name"}, {"title": "ROLE", "path": "role"}, {"title": "FROM", "path": "owner"},
  {"title": "WHAT IT DOES", "path": "summary"}]}},
{"name": "call", "summary": "Call any command of the hub, with arguments in JSON",
 "input": {"required": ["name"], "properties": {
  "name": {"type": "string", "description": "the command, as `commands` lists it", "x-cli": {"positional": 1}},
  "arguments": {"type": "string", "description": "a JSON object; - is stdin (default {})",
   "x-cli": {"positional": 2}}}}}
])json";

std::vector<CommandSpec> parse_all() {
  std::vector<CommandSpec> specs;
  for (const Json& descriptor : Json::parse(kDescriptors)) specs.push_back(parse_command_spec(descriptor));
  return specs;
}

}  // namespace

const std::vector<CommandSpec>& builtin_commands() {
  static const std::vector<CommandSpec> specs = parse_all();
  return specs;
}

}  // namespace crawlhub
