#pragma once

#include <string>

#include <SQLiteCpp/Database.h>

namespace crawlhub::storage_sqlite {

// The version of the tables that this code reads and writes.
int schema_version();
// Of the database: 0 where it is empty. Errors: SQLite::Exception.
int stored_schema_version(SQLite::Database& database);
// Brings the database to schema_version(), all steps in one transaction. now_ns: wall clock, kept with each
// step. path: for the sentence. Errors: StartError where the database is newer than this code;
// SQLite::Exception.
void migrate(SQLite::Database& database, const std::string& path, std::int64_t now_ns);
// What is wrong with a database of that version, as a sentence; empty where nothing is.
std::string newer_schema(const std::string& path, int version);

}  // namespace crawlhub::storage_sqlite
