#include "host/storage/requests.hpp"

#include <future>

namespace crawlhub {

namespace {

class Waiter final : public BatchSource {
 public:
  void completed(std::unique_ptr<Batch> batch) override { done_.set_value(std::move(batch)); }
  std::unique_ptr<Batch> wait() { return done_.get_future().get(); }

 private:
  std::promise<std::unique_ptr<Batch>> done_;
};

}  // namespace

StorageRequests::StorageRequests(Backend& backend, Writer& writer, std::uint32_t readers)
    : backend_(backend), writer_(writer) {
  for (std::uint32_t lane = readers; lane > 0; --lane) free_lanes_.push_back(lane - 1);
}

void StorageRequests::commit(const crawlhub_op* ops, std::size_t count,
                             const std::function<void(const std::vector<crawlhub_result>&)>& show) {
  Waiter waiter;
  auto batch = std::make_unique<Batch>(waiter);
  batch->add(ops, count, nullptr);
  writer_.push(std::move(batch));
  show(waiter.wait()->results());
}

crawlhub_status StorageRequests::query(std::uint32_t kind, std::string_view parameters,
                                       const std::function<void(std::string_view)>& sink) {
  std::uint32_t lane = 0;
  {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [this] { return !free_lanes_.empty(); });
    lane = free_lanes_.back();
    free_lanes_.pop_back();
  }
  const crawlhub_status status = backend_.query(lane, kind, parameters, sink);
  {
    const std::lock_guard lock(mutex_);
    free_lanes_.push_back(lane);
  }
  freed_.notify_one();
  return status;
}

}  // namespace crawlhub
