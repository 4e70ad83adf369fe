// The accounts that jobs are done for, kept in memory so that a message never waits for them.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace crawlhub::jobs {

struct Account {
  std::string name, provider, url;
  std::string token;  // sealed by the vault; empty: none
  std::string data;   // JSON object, or empty
  std::string created_at, updated_at;
};

// Thread: any.
class AccountBook {
 public:
  // Takes what the storage answered to CRAWLHUB_QUERY_ACCOUNTS in place of what was there. False where json
  // is no list.
  bool load(std::string_view json);
  std::optional<Account> find(std::string_view name) const;
  std::map<std::string, Account, std::less<>> all() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Account, std::less<>> accounts_;
};

// Where a crawler reaches the account's GitLab: url, with /api/graphql behind it where the provider is a
// gitlab one and url has no path.
std::string crawler_url(std::string_view provider, std::string_view url);

// The id of the account at its provider, which stands for the path of areas without one: data's "id", else
// the name.
std::string account_id(std::string_view name, std::string_view data);

}  // namespace crawlhub::jobs
