// The commands accounts.add, accounts.list and accounts.remove. Tokens go in and never come out.
#include <algorithm>
#include <iterator>

#include <crawlhub/json_index.hpp>
#include <crawlhub/json_walk.hpp>

#include "events.hpp"
#include "jobs_handler.hpp"

namespace crawlhub::jobs {
namespace {

constexpr char kAddInput[] = R"({
  "type": "object", "additionalProperties": false, "required": ["name"],
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 200, "x-cli": {"positional": 0}, "description": "Name of the account, as jobs give it"},
    "provider": {"type": "string", "description": "gitlab-onprem, gitlab-cloud, jiralocal, jiracloud, ..."},
    "url": {"type": "string", "description": "Where it is reached: https://gitlab.example.org"},
    "token": {"type": "string", "x-secret": true, "description": "Its access token; a file of it is better, since command lines are seen by others"},
    "token_file": {"type": "string", "x-secret": true, "x-cli": {"flag": "--token-file", "file": true}, "description": "A file that holds its access token"},
    "id": {"type": "string", "description": "Its id at the provider, which areas without a path are crawled by; default: the name"}
  }
})";

constexpr char kNameInput[] = R"({
  "type": "object", "additionalProperties": false, "required": ["name"],
  "properties": {"name": {"type": "string", "minLength": 1, "x-cli": {"positional": 0}, "description": "Name of the account"}}
})";

constexpr char kColumns[] = R"({"list": "accounts", "columns": [
  {"title": "NAME", "path": "name"}, {"title": "PROVIDER", "path": "provider"}, {"title": "URL", "path": "url"},
  {"title": "TOKEN", "path": "hasToken"}, {"title": "CHANGED", "path": "updatedAt"}]})";

struct AccountInput {
  std::string name, provider, url, token, id;
};

std::string without_space(std::string text) {
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  text.erase(0, text.find_first_not_of(" \t\r\n"));
  return text;
}

// Crawlers of repositories take those of git and of folders too.
bool has_known_scheme(std::string_view url) {
  constexpr std::string_view kSchemes[] = {"https://", "http://", "ssh://", "git://", "file://"};
  return std::any_of(std::begin(kSchemes), std::end(kSchemes),
                     [&](auto scheme) { return url.starts_with(scheme); });
}

// Returns what is wrong, or nothing.
std::string read_account(std::string_view arguments, AccountInput& account) {
  const JsonIndex fields(arguments);
  const auto text = [&](std::string_view key) { return fields.find(key).string().value_or(""); };
  account = {text("name"), text("provider"), text("url"), without_space(text("token")), text("id")};
  const std::string file = without_space(text("token_file"));
  if (!file.empty() && !account.token.empty()) return "token: give it, or token_file, not both";
  if (!file.empty()) account.token = file;
  const std::string& url = account.url;
  if (!url.empty() && !has_known_scheme(url)) {
    return join("url: expected https://, http://, ssh://, git:// or file://, got ", url);
  }
  if (account.token.find_first_of(" \t\r\n") != std::string::npos) return "token: expected one word";
  return {};
}

void write_account(JsonText& json, const Account& account) {
  json.begin_object()
      .field("name", account.name)
      .field("provider", account.provider)
      .field("url", account.url);
  json.field("id", account_id(account.name, account.data)).field("hasToken", !account.token.empty());
  json.field("createdAt", account.created_at).field("updatedAt", account.updated_at).end_object();
}

}  // namespace

Outcome JobsHandler::register_account_commands() {
  return first_failure({
      host().add_command<&JobsHandler::accounts_add>(
          {.name = "accounts.add",
           .summary = "Adds an account, or changes what is given of it.",
           .input = kAddInput}),
      host().add_command<&JobsHandler::accounts_list>({.name = "accounts.list",
                                                       .summary = "Lists accounts; tokens are never shown.",
                                                       .role = "monitor",
                                                       .columns = kColumns,
                                                       .read_only = true}),
      host().add_command<&JobsHandler::accounts_remove>(
          {.name = "accounts.remove",
           .summary = "Removes an account; its queued jobs stay queued.",
           .input = kNameInput}),
  });
}

Outcome JobsHandler::accounts_add(CommandCall& call, std::string_view arguments) {
  AccountInput account;
  if (const std::string error = read_account(arguments, account); !error.empty()) {
    return call.fail(CRAWLHUB_E_BAD_ARGUMENT, error);
  }
  const bool known = accounts_.find(account.name).has_value();
  if (!known && (account.provider.empty() || account.url.empty())) {
    return call.fail(CRAWLHUB_E_BAD_ARGUMENT,
                     join("account ", account.name, " is new: it needs a provider and a url"));
  }
  OpBuilder& ops = lanes_.here().ops;
  ops.clear();
  const auto op = ops.add<crawlhub_account_put>(CRAWLHUB_OP_ACCOUNT_PUT, 0, account.name);
  op->now_ns = host().now_ns();
  op.text(&crawlhub_account_put::provider, account.provider).text(&crawlhub_account_put::url, account.url);
  if (!account.token.empty()) op.text(&crawlhub_account_put::token, vault_->seal(account.token));
  if (!account.id.empty()) {
    op.text(&crawlhub_account_put::data, JsonText().begin_object().field("id", account.id).end_object());
  }
  std::string error = "its log says why";
  const Outcome outcome = host().commit(
      ops, [&](Results results) { error = accepted(results[0]) ? "" : std::string(view(results[0].text)); });
  if (!ok(outcome) || !error.empty()) {
    return call.fail(CRAWLHUB_E_STORAGE_FAILED, join("the storage could not take the account: ", error));
  }
  reload_accounts();
  if (!account.token.empty()) wake_expired(account.name);
  JsonText json;
  return call.reply(json.begin_object().field("name", account.name).field("existed", known).end_object());
}

// Jobs that wait for a new token of the account are queued again.
void JobsHandler::wake_expired(std::string_view account) {
  JsonText parameters;
  parameters.begin_object().field("status", state_name(CRAWLHUB_JOB_CREDENTIAL_EXPIRED));
  parameters.field("account", account).field("limit", 1000).end_object();
  const Answer answer = host().query(CRAWLHUB_QUERY_JOBS_LIST, parameters);
  OpBuilder& ops = lanes_.here().ops;
  ops.clear();
  const JsonIndex page(answer ? std::string_view(answer.text) : "{}");
  for (JsonWalk walk(page.find("jobs").raw()); walk.next();) {
    const auto id = JsonIndex(walk.member().raw()).find("id").string();
    if (!id) continue;
    const auto op = ops.add<crawlhub_job_event>(CRAWLHUB_OP_JOB_EVENT, 0, *id);
    op->event = CRAWLHUB_EVENT_TOKEN_RENEWED;
    op->flags = CRAWLHUB_BY_OPERATOR;
    op->now_ns = host().now_ns();
  }
  if (ops.empty()) return;
  const Outcome outcome = host().commit(ops, [&](Results results) {
    for (const crawlhub_result& result : results)
      publish_state(host(), Body<crawlhub_job>(result), "", "a new token");
  });
  if (!ok(outcome))
    host().warn("jobs of account ", account, " still wait for its token: jobs retry queues them");
}

Outcome JobsHandler::accounts_list(CommandCall& call, std::string_view) {
  const Answer answer = host().query(CRAWLHUB_QUERY_ACCOUNTS, "{}");
  AccountBook book;
  if (!answer || !book.load(answer.text)) return call.fail(CRAWLHUB_E_QUERY_FAILED, answer.text);
  JsonText json;
  json.begin_object().key("accounts").begin_array();
  for (const auto& [name, account] : book.all()) write_account(json, account);
  return call.reply(json.end_array().end_object());
}

Outcome JobsHandler::accounts_remove(CommandCall& call, std::string_view arguments) {
  const std::string name = JsonIndex(arguments).find("name").string().value_or("");
  OpBuilder& ops = lanes_.here().ops;
  ops.clear();
  ops.add(CRAWLHUB_OP_ACCOUNT_REMOVE, 0, name);
  std::int32_t code = CRAWLHUB_E_STORAGE_FAILED;
  std::string error = "the storage could not take it; its log says why";
  const Outcome outcome = host().commit(ops, [&](Results results) {
    code = results[0].code;
    error = accepted(results[0]) ? "" : std::string(view(results[0].text));
  });
  if (!ok(outcome) || !error.empty()) return call.fail(code, error);
  reload_accounts();
  JsonText json;
  return call.reply(json.begin_object().field("name", name).end_object());
}

}  // namespace crawlhub::jobs
