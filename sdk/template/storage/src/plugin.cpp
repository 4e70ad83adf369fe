// storage-sample: accounts in memory. Every other operation is refused by name, so that nothing is lost
// silently.
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include <crawlhub/json_index.hpp>
#include <crawlhub/json_text.hpp>
#include <crawlhub/storage.hpp>

namespace {

using namespace crawlhub;

constexpr char kConfigSchema[] = R"({
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "max_accounts": {"type": "integer", "minimum": 1, "default": 1000, "description": "How many accounts are kept."}
  }
})";

struct Account {
  std::string provider, url, token, data;
};

class Sample final : public Storage {
 public:
  using Storage::Storage;

  Outcome create(std::string_view config) override {
    max_accounts_ = static_cast<std::size_t>(JsonIndex(config).find("max_accounts").integer().value_or(1000));
    return Outcome::kOk;
  }
  Outcome start() override { return Outcome::kOk; }
  Outcome stop(std::int64_t) override { return Outcome::kOk; }

  Outcome commit(Ops ops, ResultSlots results) override {
    const std::scoped_lock lock(mutex_);
    for (std::uint64_t i = 0; i < ops.size(); ++i) apply(ops[i], results[i]);
    return Outcome::kOk;
  }

  Outcome query(std::uint32_t, std::uint32_t kind, std::string_view, Sink sink) override {
    if (kind != CRAWLHUB_QUERY_ACCOUNTS) {
      sink(join("storage-sample does not answer queries of kind ", kind));
      return Outcome::kRefused;
    }
    const std::scoped_lock lock(mutex_);
    JsonText answer;
    answer.begin_array();
    for (const auto& [name, account] : accounts_) {
      answer.begin_object().field("name", name).field("provider", account.provider).field("url", account.url);
      answer.field("token", account.token).end_object();
    }
    sink(answer.end_array());
    return Outcome::kOk;
  }

  std::string_view durability() const override { return "none"; }

 private:
  void apply(const crawlhub_op& op, crawlhub_result& result) {
    const std::string key(view(op.key));
    if (op.kind == CRAWLHUB_OP_ACCOUNT_PUT) {
      put(key, Body<crawlhub_account_put>(op), result);
    } else if (op.kind == CRAWLHUB_OP_ACCOUNT_REMOVE) {
      if (accounts_.erase(key) == 0) refuse(result, CRAWLHUB_E_UNKNOWN_ACCOUNT, "there is no such account");
    } else {
      refuse(result, CRAWLHUB_E_STORAGE_FAILED, "this storage keeps accounts only");
    }
  }

  void put(const std::string& name, const Body<crawlhub_account_put>& body, crawlhub_result& result) {
    if (accounts_.size() >= max_accounts_ && accounts_.count(name) == 0) {
      return refuse(result, CRAWLHUB_E_STORAGE_FAILED, "max_accounts is reached");
    }
    Account& account = accounts_[name];
    const auto replace = [&](std::string& field, crawlhub_text crawlhub_account_put::*text) {
      if (const std::string_view given = body.text(text); !given.empty())
        field = given;  // absent: kept as it was
    };
    replace(account.provider, &crawlhub_account_put::provider);
    replace(account.url, &crawlhub_account_put::url);
    replace(account.token, &crawlhub_account_put::token);
    replace(account.data, &crawlhub_account_put::data);
  }

  // text is a literal: it lives on after commit, as the contract demands.
  static void refuse(crawlhub_result& result, std::int32_t code, std::string_view text) {
    result.status = CRAWLHUB_RESULT_REFUSED;
    result.code = code;
    result.text = str(text);
  }

  std::size_t max_accounts_ = 1000;
  std::mutex mutex_;  // queries come from the readers while the writer commits
  std::map<std::string, Account> accounts_;
};

}  // namespace

CRAWLHUB_PLUGIN(Sample, .name = "storage-sample", .version = "0.1.0", .summary = "Keeps accounts in memory.",
                .config_schema = kConfigSchema, .flags = CRAWLHUB_MAY_UNLOAD)
