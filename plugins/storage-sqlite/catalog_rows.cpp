#include "catalog_rows.hpp"

#include <string>

namespace crawlhub::storage_sqlite {

CatalogRows::CatalogRows(SQLite::Database& database, StoredNames& names)
    : all_accounts_(database, "SELECT name, provider, url, token, data, created, updated FROM account"),
      put_account_(database, "INSERT OR REPLACE INTO account VALUES (?, ?, ?, ?, ?, ?, ?)"),
      remove_account_(database, "DELETE FROM account WHERE name = ?"),
      find_area_(database, "SELECT row FROM area WHERE gitlab_id = ? AND type = ?"),
      add_area_(
          database,
          "INSERT INTO area (gitlab_id, type, full_path, name, parent_id, created) VALUES (?, ?, ?, ?, ?, ?) "
          "ON CONFLICT DO NOTHING"),
      // What is not given stays; a row that has it all already is not written.
      change_area_(
          database,
          "UPDATE area SET full_path = ?1, name = coalesce(?2, name), parent_id = coalesce(?3, parent_id) "
          "WHERE row = ?4 AND (full_path IS NOT ?1 OR name IS NOT coalesce(?2, name) "
          "OR parent_id IS NOT coalesce(?3, parent_id))"),
      authorize_(database, "INSERT OR IGNORE INTO area_account VALUES (?, ?)"),
      add_entity_(database, "INSERT OR IGNORE INTO entity VALUES (?, ?, ?, ?, ?, ?, ?)"),
      change_entity_(database,
                     "UPDATE entity SET name = coalesce(?3, name), path = coalesce(?4, path), "
                     "parent_id = coalesce(?5, parent_id) WHERE entity_type = ?1 AND id = ?2 "
                     "AND (name IS NOT coalesce(?3, name) OR path IS NOT coalesce(?4, path) "
                     "OR parent_id IS NOT coalesce(?5, parent_id))"),
      add_error_(database,
                 "INSERT OR IGNORE INTO error (id, time, code, category, severity, message, details, stack, "
                 "connection, job, crawler, account) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      names_(names) {}

void CatalogRows::load(Accounts& accounts) {
  accounts.clear();
  Sql& row = all_accounts_;
  for (row.begin(); row.next();) {
    Account account;
    account.name = row.text(0);
    account.provider = row.text(1);
    account.url = row.text(2);
    account.token = row.text(3);
    account.data = row.text(4);
    account.created_ns = row.integer(5);
    account.updated_ns = row.integer(6);
    accounts.emplace(account.name, std::move(account));
  }
}

void CatalogRows::put(const Account& account) {
  put_account_.run(account.name, account.provider, account.url, account.token, account.data,
                   account.created_ns, account.updated_ns);
}

void CatalogRows::remove_account(std::string_view name) {
  remove_account_.run(name);
}

void CatalogRows::put_area(const crawlhub_op& op, NameId job_account, Counters& counters,
                           crawlhub_result& result) {
  const Body<crawlhub_area_put> given(op);
  const std::string_view gitlab_id = given.text(&crawlhub_area_put::gitlab_id);
  const std::string_view type = given.text(&crawlhub_area_put::type);
  const std::string_view path = view(op.key);
  if (gitlab_id.empty() || type.empty() || path.empty()) {
    return set_refused(result, CRAWLHUB_E_MISSING_FIELD, "an area needs a full path, a GitLab id and a type");
  }
  const std::string_view name = given.text(&crawlhub_area_put::name);
  const std::string_view parent = given.text(&crawlhub_area_put::parent_id);
  const NameId type_name = names_.names().intern_bounded(type);
  const std::int64_t stored_type = names_.stored(type_name);
  const bool added = add_area_.run(gitlab_id, stored_type, path, name, parent, given->now_ns) != 0;
  if (added) counters.areas.add(type_name, 1);
  find_area_.begin(gitlab_id, stored_type).next();
  const std::int64_t row = find_area_.integer(0);
  find_area_.done();
  bool changed = added || change_area_.run(path, name, parent, row) != 0;
  const std::string_view account = given.text(&crawlhub_area_put::account);
  const NameId account_name = account.empty() ? job_account : names_.names().intern(account);
  if (account_name != 0) changed |= authorize_.run(row, names_.stored(account_name)) != 0;
  changed ? set_ok(result) : set_duplicate(result);
}

void CatalogRows::put_entity(const crawlhub_op& op, Counters& counters, crawlhub_result& result) {
  const Body<crawlhub_entity_put> given(op);
  const std::string_view type = given.text(&crawlhub_entity_put::entity_type);
  if (type.empty() || op.key.len == 0) {
    return set_refused(result, CRAWLHUB_E_MISSING_FIELD, "an entity needs an id and an entity type");
  }
  const NameId type_name = names_.names().intern_bounded(type);
  const std::int64_t stored_type = names_.stored(type_name);
  const std::string_view name = given.text(&crawlhub_entity_put::name);
  const std::string_view path = given.text(&crawlhub_entity_put::path);
  const std::string_view parent = given.text(&crawlhub_entity_put::parent_id);
  const bool added = add_entity_.run(stored_type, view(op.key), name, path, parent,
                                     given.text(&crawlhub_entity_put::job), given->now_ns) != 0;
  if (added) counters.entities.add(type_name, 1);
  const bool changed = added || change_entity_.run(stored_type, view(op.key), name, path, parent) != 0;
  changed ? set_ok(result) : set_duplicate(result);
}

void CatalogRows::add_error(const crawlhub_op& op, crawlhub_result& result) {
  const Body<crawlhub_error_add> given(op);
  if (op.key.len == 0)
    return set_refused(result, CRAWLHUB_E_BAD_ARGUMENT, "a record of an error needs an id");
  const auto text = [&](crawlhub_text crawlhub_error_add::*field) { return given.text(field); };
  const int added = add_error_.run(view(op.key), given->now_ns, given->code, given->category, given->severity,
                                   text(&crawlhub_error_add::message), text(&crawlhub_error_add::details),
                                   text(&crawlhub_error_add::stack), text(&crawlhub_error_add::connection),
                                   text(&crawlhub_error_add::job), text(&crawlhub_error_add::crawler),
                                   text(&crawlhub_error_add::account));
  added != 0 ? set_ok(result) : set_duplicate(result);
}

}  // namespace crawlhub::storage_sqlite
