#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <SQLiteCpp/Database.h>

namespace crawlhub::storage_sqlite {

// What goes wrong at a start in a way that an operator can mend. Says where, what and what to do.
class StartError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Owns the right to the database: one process at a time has it, from construction to destruction. The lock
// goes with the process, however it ends.
class ProcessLock {
 public:
  // Errors: StartError, naming the process that has it.
  explicit ProcessLock(const std::string& database_path);
  ~ProcessLock();
  ProcessLock(const ProcessLock&) = delete;
  ProcessLock& operator=(const ProcessLock&) = delete;

 private:
  int fd_ = -1;
};

// Whether another process has the lock; its number, or 0.
std::int64_t locked_by(const std::string& database_path);

// Makes the file where there is none, readable and writable by its owner only; those that SQLite puts beside
// it take its rights. Errors: StartError.
void create_private_file(const std::string& path);

enum class Access { kWrite, kRead };

// cache_bytes: of pages. Errors: SQLite::Exception.
std::unique_ptr<SQLite::Database> open_database(const std::string& path, Access access,
                                                std::uint64_t cache_bytes);

}  // namespace crawlhub::storage_sqlite
