#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "host/storage/backend.hpp"
#include "host/storage/batch.hpp"
#include "host/storage/writer.hpp"

namespace crawlhub {

// Storage for threads that may wait: commits and queries that return with their answer.
// Thread: any but workers and the writer.
class StorageRequests {
 public:
  // Queries run in the calling thread, in one of `readers` reader lanes, which are numbered from 0.
  StorageRequests(Backend& backend, Writer& writer, std::uint32_t readers);

  // Commits and shows the results, which live until show returns.
  void commit(const crawlhub_op* ops, std::size_t count,
              const std::function<void(const std::vector<crawlhub_result>&)>& show);
  crawlhub_status query(std::uint32_t kind, std::string_view parameters,
                        const std::function<void(std::string_view)>& sink);

 private:
  Backend& backend_;
  Writer& writer_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::uint32_t> free_lanes_;  // guarded by mutex_
};

}  // namespace crawlhub
