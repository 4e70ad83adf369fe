#include "host/net/workers.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <future>

#include "host/net/outgoing_text.hpp"

namespace crawlhub {

Workers::Workers(Options options, Writer& writer, NetObserver& observer)
    : options_(std::move(options)), observer_(observer) {
  for (std::uint32_t number = 0; number < options_.count; ++number) {
    LaneOptions lane = options_.lane;
    lane.number = number;
    workers_.push_back(std::make_unique<Worker>(*this, lane, writer, options_.limits));
  }
}

Workers::~Workers() {
  stop();
}

void Workers::use(const Pipeline& pipeline) {
  for (auto& worker : workers_) worker->lane().use(pipeline);
}

void Workers::start() {
  for (auto& worker : workers_) worker->start();
}

void Workers::stop() {
  for (auto& worker : workers_) worker->stop();
}

void Workers::adopt(Accepted accepted) {
  accepted_.fetch_add(1, std::memory_order_relaxed);
  if (open_.fetch_add(1, std::memory_order_relaxed) >= options_.limits.connections) {
    open_.fetch_sub(1, std::memory_order_relaxed);
    rejected_.fetch_add(1, std::memory_order_relaxed);
    ConnectionView view;
    view.remote_address = accepted.remote_address;
    view.listener = accepted.listener;
    observer_.error(CRAWLHUB_E_CONNECTION_LIMIT,
                    "limits.connections (" + std::to_string(options_.limits.connections) + ") is reached",
                    view, {});
    return;
  }
  const std::uint64_t now_open = open_.load(std::memory_order_relaxed);
  std::uint64_t peak = peak_.load(std::memory_order_relaxed);
  while (now_open > peak && !peak_.compare_exchange_weak(peak, now_open)) {
  }
  // The id says the worker: id % count.
  accepted.id = serial_.fetch_add(1, std::memory_order_relaxed) + 1;
  worker_of(accepted.id).adopt(std::move(accepted));
}

void Workers::removed() {
  if (open_.fetch_sub(1, std::memory_order_relaxed) != 1) return;
  const std::lock_guard lock(mutex_);
  all_gone_.notify_all();
}

bool Workers::take_large(std::size_t bytes) {
  if (large_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= options_.limits.large_messages)
    return true;
  give_back_large(bytes);
  return false;
}

Workers::Claim Workers::claim_crawler(const std::string& crawler_id, std::uint64_t connection,
                                      const std::string& owner) {
  const std::lock_guard lock(mutex_);
  const auto [at, fresh] = crawlers_.try_emplace(crawler_id, Crawler{connection, owner});
  if (fresh) return {};
  if (at->second.owner != owner) return {.previous = 0, .forbidden = true};
  const std::uint64_t previous = at->second.connection;
  at->second.connection = connection;
  return {.previous = previous, .forbidden = false};
}

void Workers::release_crawler(const std::string& crawler_id, std::uint64_t connection) {
  const std::lock_guard lock(mutex_);
  const auto at = crawlers_.find(crawler_id);
  if (at != crawlers_.end() && at->second.connection == connection) crawlers_.erase(at);
}

std::uint64_t Workers::find(std::string_view name) const {
  {
    const std::lock_guard lock(mutex_);
    const auto at = crawlers_.find(std::string(name));
    if (at != crawlers_.end()) return at->second.connection;
  }
  if (name.starts_with('c')) name.remove_prefix(1);
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
  return error == std::errc() && end == name.data() + name.size() ? id : 0;
}

crawlhub_status Workers::send(std::uint64_t connection, std::string_view type, std::string_view job_id,
                              std::string_view data) {
  // Whether it is still there can only be asked on its worker; a message to one that went is dropped, as it
  // would be had the connection ended a moment later.
  if (connection == 0 || connection > serial_.load(std::memory_order_relaxed)) return CRAWLHUB_GONE;
  Worker& worker = worker_of(connection);
  worker.post([&worker, connection, type = std::string(type), job_id = std::string(job_id),
               data = std::string(data)] {
    if (Connection* found = worker.find(connection)) worker.lane().send(*found, type, job_id, data);
  });
  return CRAWLHUB_OK;
}

bool Workers::send_now(std::uint64_t connection, std::string_view type, std::string_view job_id,
                       std::string_view data) {
  if (connection == 0) return false;
  Worker& worker = worker_of(connection);
  std::promise<bool> sent;
  worker.post([&] {
    Connection* found = worker.find(connection);
    sent.set_value(found != nullptr && worker.lane().send(*found, type, job_id, data));
  });
  return sent.get_future().get();
}

crawlhub_status Workers::close(std::uint64_t connection, std::int32_t code, std::string_view reason) {
  if (connection == 0 || connection > serial_.load(std::memory_order_relaxed)) return CRAWLHUB_GONE;
  close_then(connection, code, reason, {});
  return CRAWLHUB_OK;
}

void Workers::close_then(std::uint64_t connection, std::int32_t code, std::string_view reason,
                         std::function<void()> gone) {
  Worker& worker = worker_of(connection);
  worker.post([&worker, connection, code, reason = std::string(reason), gone = std::move(gone)] {
    if (Connection* found = worker.find(connection)) {
      found->close(code, reason, gone);
    } else if (gone) {
      gone();
    }
  });
}

void Workers::close_all(std::string_view reason, std::int64_t timeout_ns) {
  const std::string data = R"({"graceful":true,"timeout_seconds":)" +
                           std::to_string(timeout_ns / 1'000'000'000) + R"(,"reason":")" +
                           std::string(reason) + "\"}";
  for (auto& worker : workers_) {
    worker->post([&worker = *worker, data, reason = std::string(reason)] {
      std::vector<std::uint64_t> ids;
      for (const auto& [id, connection] : worker.connections()) ids.push_back(id);
      for (const std::uint64_t id : ids) {
        Connection* connection = worker.find(id);
        if (connection == nullptr) continue;
        if ((connection->info().flags & CRAWLHUB_CONNECTION_HELLO) != 0)
          worker.lane().send(*connection, "shutdown", {}, data);
        connection->end(reason);
      }
    });
  }
  std::unique_lock lock(mutex_);
  all_gone_.wait_for(lock, std::chrono::nanoseconds(timeout_ns),
                     [this] { return open_.load(std::memory_order_relaxed) == 0; });
}

std::vector<ConnectionView> Workers::views() {
  std::vector<ConnectionView> all;
  for (auto& worker : workers_) {
    std::promise<std::vector<ConnectionView>> shown;
    worker->post([&] {
      std::vector<ConnectionView> list;
      for (const auto& [id, connection] : worker->connections()) {
        if (!connection->closed()) list.push_back(connection->view());
      }
      shown.set_value(std::move(list));
    });
    for (auto& view : shown.get_future().get()) all.push_back(std::move(view));
  }
  std::ranges::sort(all, {}, &ConnectionView::id);
  return all;
}

NetTotals Workers::totals() const {
  NetTotals totals;
  totals.connections = open_.load(std::memory_order_relaxed);
  totals.accepted = accepted_.load(std::memory_order_relaxed);
  totals.rejected = rejected_.load(std::memory_order_relaxed);
  totals.peak = peak_.load(std::memory_order_relaxed);
  for (const auto& worker : workers_) {
    const Traffic& traffic = worker->traffic();
    totals.messages += traffic.messages.value();
    totals.bytes_in += traffic.bytes_in.value();
    totals.bytes_out += traffic.bytes_out.value();
    totals.errors += traffic.errors.value();
  }
  return totals;
}

}  // namespace crawlhub
