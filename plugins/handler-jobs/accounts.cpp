#include "accounts.hpp"

#include <crawlhub/json_index.hpp>
#include <crawlhub/json_walk.hpp>

namespace crawlhub::jobs {
namespace {

Account read_account(const JsonIndex& fields) {
  const auto text = [&](std::string_view key) { return fields.find(key).string().value_or(""); };
  return {
      text("name"),      text("provider"), text("url"), text("token"), std::string(fields.find("data").raw()),
      text("createdAt"), text("updatedAt")};
}

}  // namespace

bool AccountBook::load(std::string_view json) {
  if (detail::json_kind(json) != CRAWLHUB_JSON_ARRAY) return false;
  std::map<std::string, Account, std::less<>> accounts;
  for (JsonWalk walk(json); walk.next();) {
    Account account = read_account(JsonIndex(walk.member().raw()));
    std::string name = account.name;
    accounts.insert_or_assign(std::move(name), std::move(account));
  }
  const std::lock_guard lock(mutex_);
  accounts_.swap(accounts);
  return true;
}

std::optional<Account> AccountBook::find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = accounts_.find(name);
  return found == accounts_.end() ? std::nullopt : std::optional(found->second);
}

std::map<std::string, Account, std::less<>> AccountBook::all() const {
  const std::lock_guard lock(mutex_);
  return accounts_;
}

std::string crawler_url(std::string_view provider, std::string_view url) {
  std::string out(url);
  if (!provider.starts_with("gitlab")) return out;
  const auto scheme = url.find("://");
  const auto path = url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
  if (path == std::string_view::npos) return out + "/api/graphql";
  if (path + 1 == url.size()) return out + "api/graphql";
  return out;
}

std::string account_id(std::string_view name, std::string_view data) {
  const JsonIndex fields(data);
  const Member id = fields.find("id");
  if (id.is(CRAWLHUB_JSON_NUMBER)) return std::string(id.raw());
  return id.string().value_or(std::string(name));
}

}  // namespace crawlhub::jobs
