#include "database_file.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace crawlhub::storage_sqlite {

namespace {

constexpr int kBusyMilliseconds = 10'000;  // only our own checkpoints can be in the way, for milliseconds

std::string lock_path(const std::string& database_path) {
  return database_path + ".lock";
}

std::int64_t read_pid(int fd) {
  char text[32] = {};
  const ssize_t size = ::pread(fd, text, sizeof text - 1, 0);
  std::int64_t pid = 0;
  if (size > 0) std::from_chars(text, text + size, pid);
  return pid;
}

void write_pid(int fd) {
  const std::string pid = std::to_string(::getpid()) + "\n";
  // Only for the sentence that names us: that it fails takes nothing from the lock.
  if (::ftruncate(fd, 0) == 0) static_cast<void>(::pwrite(fd, pid.data(), pid.size(), 0) == 0);
}

[[noreturn]] void fail(const std::string& path, std::string_view doing, std::string_view advice) {
  const int error = errno;
  throw StartError(path + ": cannot " + std::string(doing) + ": " + std::strerror(error) + ". " +
                   std::string(advice));
}

}  // namespace

ProcessLock::ProcessLock(const std::string& database_path) {
  const std::string path = lock_path(database_path);
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd_ < 0) fail(path, "open the lock file", "Give the hub's user the right to write in that folder.");
  if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) {
    write_pid(fd_);
    return;
  }
  const std::int64_t pid = read_pid(fd_);
  ::close(fd_);
  throw StartError(database_path + ": another hub uses this database (process " + std::to_string(pid) +
                   "). Stop it, or give this one a database of its own (plugins.storage-sqlite.path).");
}

// The file stays: removing it would let two others hold locks on different files of one name.
ProcessLock::~ProcessLock() {
  ::close(fd_);
}

std::int64_t locked_by(const std::string& database_path) {
  const int fd = ::open(lock_path(database_path).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const bool taken = ::flock(fd, LOCK_SH | LOCK_NB) != 0;
  const std::int64_t pid = taken ? read_pid(fd) : 0;
  ::close(fd);
  return pid;
}

void create_private_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    fail(path, "open the database",
         "The folder must exist, and the hub's user must have the right to read and write the file.");
  }
  ::close(fd);
}

std::unique_ptr<SQLite::Database> open_database(const std::string& path, Access access,
                                                std::uint64_t cache_bytes) {
  const int flags =
      (access == Access::kWrite ? SQLite::OPEN_READWRITE : SQLite::OPEN_READONLY) | SQLite::OPEN_NOMUTEX;
  auto database = std::make_unique<SQLite::Database>(path, flags, kBusyMilliseconds);
  const auto kibibytes = static_cast<std::int64_t>(cache_bytes / 1024);
  database->exec("PRAGMA cache_size = -" + std::to_string(kibibytes));
  if (access == Access::kWrite) {
    database->exec("PRAGMA journal_mode = WAL");
    database->exec("PRAGMA synchronous = NORMAL");
    database->exec("PRAGMA temp_store = MEMORY");
  }
  return database;
}

}  // namespace crawlhub::storage_sqlite
