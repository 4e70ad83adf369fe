#pragma once

#include <cstdint>
#include <string_view>

#include <crawlhub/storage_model/model.hpp>

#include "sql.hpp"
#include "stored_names.hpp"

namespace crawlhub::storage_sqlite {

using namespace storage_model;

// Accounts, areas, discovered entities and the error log. Thread: one at a time.
class CatalogRows {
 public:
  CatalogRows(SQLite::Database& database, StoredNames& names);

  // Reads all of them again.
  void load(Accounts& accounts);
  void put(const Account& account);
  void remove_account(std::string_view name);

  // Each fills the operation's result, and adds what is new to the counters. job_account: of the job that the
  // operation names, or 0.
  void put_area(const crawlhub_op& op, NameId job_account, Counters& counters, crawlhub_result& result);
  void put_entity(const crawlhub_op& op, Counters& counters, crawlhub_result& result);
  void add_error(const crawlhub_op& op, crawlhub_result& result);

 private:
  Sql all_accounts_, put_account_, remove_account_;
  Sql find_area_, add_area_, change_area_, authorize_;
  Sql add_entity_, change_entity_, add_error_;
  StoredNames& names_;
};

}  // namespace crawlhub::storage_sqlite
