#include "checkpointer.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <unistd.h>

namespace crawlhub::storage_sqlite {

namespace {

constexpr int kCheckpointPages = 2'000;  // of 4 KiB: from here on a checkpoint is worth its while
constexpr int kRestartPages =
    32'000;  // from here on the writer waits for it, so that the file does not grow for ever
constexpr std::uint64_t kCache = 1 << 20;  // it reads each page once
constexpr std::chrono::seconds kRetry{1};

}  // namespace

Checkpointer::Checkpointer(const std::string& database_path, std::function<void(const std::string&)> failed)
    : failed_(std::move(failed)), database_(open_database(database_path, Access::kWrite, kCache)) {
  const std::string path = database_path + "-wal";
  wal_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (wal_ < 0) throw StartError(path + ": cannot open: " + std::strerror(errno));
  thread_ = std::thread([this] { run(); });
}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_one();
  thread_.join();
  ::close(wal_);
}

std::uint64_t Checkpointer::request_sync() {
  std::uint64_t request;
  {
    const std::lock_guard lock(mutex_);
    request = ++requested_;
  }
  changed_.notify_one();
  return request;
}

bool Checkpointer::synced(std::uint64_t request) const {
  const std::lock_guard lock(mutex_);
  return done_ >= request;
}

void Checkpointer::wrote_ahead(int pages) {
  {
    const std::lock_guard lock(mutex_);
    pages_ = pages;
    if (pages < kCheckpointPages) return;
  }
  changed_.notify_one();
}

void Checkpointer::sync_now() {
  if (::fdatasync(wal_) != 0) {
    throw StartError("cannot flush what SQLite wrote ahead: " + std::string(std::strerror(errno)));
  }
}

void Checkpointer::run() {
  ::pthread_setname_np(::pthread_self(), "checkpoint");
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stop_ || requested_ != done_ || pages_ >= kCheckpointPages; });
    if (stop_) return;
    const std::uint64_t request = requested_;
    const bool sync = request != done_;
    const bool move = std::exchange(pages_, 0) >= kCheckpointPages;
    lock.unlock();
    const bool worked = work(sync, move);
    lock.lock();
    if (worked) {
      done_ = request;
    } else {  // the disk may recover: what was asked for is tried again
      changed_.wait_for(lock, kRetry, [&] { return stop_; });
    }
  }
}

bool Checkpointer::work(bool sync, bool move) {
  try {
    if (sync) sync_now();
    if (move) checkpoint();
    return true;
  } catch (const std::exception& error) {
    failed_(error.what());
    return false;
  }
}

// The first one never waits and never makes wait; it may leave the newest pages. Only where the file has
// become large does the second hold the writer back, for what the first has left.
void Checkpointer::checkpoint() {
  int pages = 0;
  int moved = 0;
  sqlite3* handle = database_->getHandle();
  int status = sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
  if (status == SQLITE_OK && pages >= kRestartPages) {
    status = sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_RESTART, &pages, &moved);
  }
  if (status != SQLITE_OK && status != SQLITE_BUSY) {
    failed_(std::string("a checkpoint of the database failed: ") + sqlite3_errmsg(handle));
  }
}

}  // namespace crawlhub::storage_sqlite
