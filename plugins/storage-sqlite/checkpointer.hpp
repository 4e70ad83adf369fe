#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "database_file.hpp"

namespace crawlhub::storage_sqlite {

// Moves what SQLite wrote ahead into the database, and flushes it to disk, on a thread of its own: both take
// milliseconds that no commit should wait for.
class Checkpointer {
 public:
  // failed: told what went wrong, in a sentence; [its own thread]. Errors: SQLite::Exception, StartError.
  Checkpointer(const std::string& database_path, std::function<void(const std::string&)> failed);
  ~Checkpointer();  // waits for the thread
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // Everything that was committed before is to be flushed. Returns a number for synced(). Thread: any.
  std::uint64_t request_sync();
  bool synced(std::uint64_t request) const;
  // The number of pages written ahead, after a commit. Thread: any.
  void wrote_ahead(int pages);
  // Flushes what was committed before it returns. Errors: StartError. Thread: any.
  void sync_now();

 private:
  void run();
  bool work(bool sync, bool move);
  void checkpoint();

  std::function<void(const std::string&)> failed_;
  std::unique_ptr<SQLite::Database> database_;
  int wal_ = -1;  // the file that SQLite writes ahead to

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::uint64_t requested_ = 0, done_ = 0;
  int pages_ = 0;
  bool stop_ = false;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace crawlhub::storage_sqlite
