#include "host/storage/writer.hpp"

#include <algorithm>

#include "host/core/clock.hpp"
#include "host/core/thread_name.hpp"

namespace crawlhub {

namespace {

// Of a long submission at a time: about 4 ms of a backend's work, so that what is queued beside it hardly
// waits.
constexpr std::size_t kSlice = 1024;

constexpr std::chrono::milliseconds kFirstRetry{10};
constexpr std::chrono::milliseconds kLongestRetry{500};
constexpr std::chrono::milliseconds kMaintenance{100};
constexpr std::chrono::seconds kIdleMaintenance{1};

bool accepted(const crawlhub_result& result) {
  return result.status == CRAWLHUB_RESULT_OK || result.status == CRAWLHUB_RESULT_DUPLICATE;
}

}  // namespace

Writer::Writer(Backend& backend, WriterOptions options) : backend_(backend), options_(options) {}

Writer::~Writer() {
  stop();
}

void Writer::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    set_thread_name("writer");
    set_current_lane(options_.lane);
    run(stop);
  });
}

void Writer::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void Writer::push(std::unique_ptr<Batch> batch) {
  depth_.fetch_add(batch->size(), std::memory_order_relaxed);
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = queued_.empty();
    queued_.push_back(std::move(batch));
  }
  if (first) wake_.notify_one();
}

void Writer::run(const std::stop_token& stop) {
  std::int64_t maintained = monotonic_ns();
  while (take(stop)) {
    commit_round();
    const std::int64_t now = monotonic_ns();
    if (now - maintained < std::chrono::nanoseconds(kMaintenance).count()) continue;
    maintained = now;
    backend_.maintain();
  }
}

// Waits for work; false once the stop is asked for and nothing is left.
bool Writer::take(const std::stop_token& stop) {
  while (true) {
    std::vector<std::unique_ptr<Batch>> fresh;
    {
      std::unique_lock lock(mutex_);
      const bool busy = !taken_.empty() || !sliced_.empty();
      if (!busy && !wake_.wait_for(lock, stop, kIdleMaintenance, [this] { return !queued_.empty(); })) {
        if (stop.stop_requested()) return false;
      }
      fresh.swap(queued_);
    }
    for (auto& batch : fresh) taken_.push_back(std::move(batch));
    if (!taken_.empty() || !sliced_.empty()) return true;
    while (backend_.maintain() && !stop.stop_requested() && depth() == 0) {
    }
  }
}

void Writer::commit_round() {
  while (!taken_.empty() && ops_.size() < options_.batch) {
    Batch& batch = *taken_.front();
    if (batch.size() > options_.batch) {
      sliced_.push_back({std::move(taken_.front()), 0});
    } else {
      if (ops_.size() + batch.size() > options_.batch && !ops_.empty()) break;
      append(batch, 0, batch.size());
      round_.push_back(std::move(taken_.front()));
    }
    taken_.pop_front();
  }
  append_slice();
  commit();
  hand_back();
}

void Writer::append(Batch& batch, std::size_t first, std::size_t count) {
  // Numbers of submissions are the batch's own: make them distinct in the round.
  const std::uint64_t base = ops_.empty() ? 0 : ops_.back().submission;
  for (std::size_t i = first; i < first + count; ++i) {
    ops_.push_back(batch.ops()[i]);
    ops_.back().submission += base;
    origins_.push_back({&batch, i});
  }
}

void Writer::append_slice() {
  if (sliced_.empty()) return;
  Sliced& sliced = sliced_.front();
  const std::size_t count = std::min(kSlice, sliced.batch->size() - sliced.next);
  append(*sliced.batch, sliced.next, count);
  sliced.next += count;
}

void Writer::commit() {
  crawlhub_result none{};
  none.struct_size = sizeof(none);
  results_.assign(ops_.size(), none);
  const std::int64_t began = monotonic_ns();
  commit_until_accepted();
  commit_seconds_.observe(static_cast<std::uint64_t>(monotonic_ns() - began));
  batch_sizes_.observe(ops_.size());
  for (std::size_t i = 0; i < results_.size(); ++i) origins_[i].batch->answer(origins_[i].index, results_[i]);
  depth_.fetch_sub(ops_.size(), std::memory_order_relaxed);
}

void Writer::commit_until_accepted() {
  auto pause = std::chrono::milliseconds(kFirstRetry);
  const std::int64_t deadline = monotonic_ns() + options_.hold.count();
  while (true) {
    backend_.commit(ops_.data(), ops_.size(), results_.data());
    outage_.store(all_failed(), std::memory_order_relaxed);
    if (!outage() || monotonic_ns() >= deadline || thread_.get_stop_token().stop_requested()) return;
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, thread_.get_stop_token(), pause, [] { return false; });
    pause = std::min(pause * 2, kLongestRetry);
  }
}

bool Writer::all_failed() const {
  return !results_.empty() && std::ranges::all_of(results_, [](const crawlhub_result& result) {
    return result.status == CRAWLHUB_RESULT_FAILED;
  });
}

// A refused first operation has no later slices; an accepted one frees them from their chain, which the
// backend cannot see across commits.
void Writer::skip_rest_of_refused_chain() {
  Sliced& sliced = sliced_.front();
  Batch& batch = *sliced.batch;
  if (sliced.next > kSlice) return;  // decided with the first slice
  const bool go_on = accepted(batch.results()[0]);
  crawlhub_result skipped{};
  skipped.struct_size = sizeof(skipped);
  skipped.status = CRAWLHUB_RESULT_SKIPPED;
  skipped.code = CRAWLHUB_E_SKIPPED;
  std::size_t left = 0;
  for (std::size_t i = sliced.next; i < batch.size(); ++i) {
    crawlhub_op& op = batch.ops()[i];
    if (go_on) {
      op.flags &= ~CRAWLHUB_OP_CHAINED;
    } else {
      batch.answer(i, skipped);
      ++left;
    }
  }
  if (go_on) return;
  depth_.fetch_sub(left, std::memory_order_relaxed);
  sliced.next = batch.size();
}

void Writer::hand_back() {
  for (auto& batch : round_) {
    BatchSource& source = batch->source();
    source.completed(std::move(batch));
  }
  if (!sliced_.empty()) {
    skip_rest_of_refused_chain();
    if (sliced_.front().next == sliced_.front().batch->size()) {
      BatchSource& source = sliced_.front().batch->source();
      source.completed(std::move(sliced_.front().batch));
      sliced_.pop_front();
    } else {
      // Long submissions take turns.
      sliced_.push_back(std::move(sliced_.front()));
      sliced_.pop_front();
    }
  }
  round_.clear();
  ops_.clear();
  results_.clear();
  origins_.clear();
}

}  // namespace crawlhub
