// An account of the web application: what a job needs to be handed out.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <crawlhub/abi/storage_ops.h>
#include <crawlhub/flat.hpp>

namespace crawlhub::storage_model {

struct Account {
  std::string name, provider, url;
  std::string token;  // encrypted by the handler
  std::string data;   // JSON object
  std::int64_t created_ns = 0, updated_ns = 0;

  // What is given replaces, what is absent stays.
  void put(const Body<crawlhub_account_put>& given) {
    const auto assign = [&](std::string& to, crawlhub_text crawlhub_account_put::*field) {
      const std::string_view text = given.text(field);
      if (!text.empty()) to.assign(text);
    };
    assign(provider, &crawlhub_account_put::provider);
    assign(url, &crawlhub_account_put::url);
    assign(token, &crawlhub_account_put::token);
    assign(data, &crawlhub_account_put::data);
    if (created_ns == 0) created_ns = given->now_ns;
    updated_ns = given->now_ns;
  }
};

// There are few accounts: all are in memory.
using Accounts = std::map<std::string, Account, std::less<>>;

}  // namespace crawlhub::storage_model
