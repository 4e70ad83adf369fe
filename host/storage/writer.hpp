#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include <crawlhub/abi/storage.h>

#include "host/core/lane.hpp"
#include "host/observe/counter.hpp"
#include "host/storage/backend.hpp"
#include "host/storage/batch.hpp"

namespace crawlhub {

struct WriterOptions {
  std::size_t batch = 4096;  // operations a commit takes at most (storage.batch)
  std::chrono::nanoseconds hold{std::chrono::seconds(60)};  // how long an outage is waited out (limits.hold)
  std::uint32_t lane = kNoLane;                             // of its thread
};

// The one thread that commits: takes whatever is queued, up to options.batch operations, gives it to the
// backend in queue order with one flush, and hands each batch back to its source with the results. A
// submission longer than options.batch is committed in slices between other work. While the backend refuses
// whole batches (disk full, database locked) it tries again, until options.hold has gone by; meanwhile its
// sources' bounds keep them from reading more.
class Writer {
 public:
  static constexpr std::array<std::uint64_t, 8> kBatchBounds = {1, 4, 16, 64, 256, 1024, 4096, 16384};

  Writer(Backend& backend, WriterOptions options);
  ~Writer();  // as stop()

  void start();
  // Commits what is queued, then ends the thread. Nothing may be pushed afterwards.
  void stop();

  // Queues a batch; a source's batches are committed in the order it pushed them. Thread: any.
  void push(std::unique_ptr<Batch> batch);

  // Operations queued or being committed. Thread: any.
  std::size_t depth() const { return depth_.load(std::memory_order_relaxed); }
  bool outage() const { return outage_.load(std::memory_order_relaxed); }
  const Histogram& commit_seconds() const { return commit_seconds_; }
  const Histogram& batch_sizes() const { return batch_sizes_; }

 private:
  // A batch with a submission too long for one commit: `next` operations of it are done.
  struct Sliced {
    std::unique_ptr<Batch> batch;
    std::size_t next = 0;
  };

  void run(const std::stop_token& stop);
  bool take(const std::stop_token& stop);
  void commit_round();
  void append(Batch& batch, std::size_t first, std::size_t count);
  void append_slice();
  void commit();
  void commit_until_accepted();
  bool all_failed() const;
  void skip_rest_of_refused_chain();
  void hand_back();

  // One operation of the round: where its result goes.
  struct Origin {
    Batch* batch;
    std::size_t index;
  };

  Backend& backend_;
  const WriterOptions options_;

  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<std::unique_ptr<Batch>> queued_;  // guarded by mutex_

  // Of the thread.
  std::deque<std::unique_ptr<Batch>> taken_;
  std::vector<std::unique_ptr<Batch>> round_;
  std::deque<Sliced> sliced_;
  std::vector<crawlhub_op> ops_;
  std::vector<crawlhub_result> results_;
  std::vector<Origin> origins_;

  std::atomic<std::size_t> depth_{0};
  std::atomic<bool> outage_{false};
  Histogram commit_seconds_;
  Histogram batch_sizes_{kBatchBounds};
  std::jthread thread_;
};

}  // namespace crawlhub
