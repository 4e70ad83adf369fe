#include "host/net/worker.hpp"

#include <boost/asio/post.hpp>

#include "host/core/lane.hpp"
#include "host/core/thread_name.hpp"
#include "host/framing/framer.hpp"
#include "host/net/workers.hpp"

namespace crawlhub {

namespace {

constexpr std::size_t kSpareBuffers = 64;
constexpr std::size_t kKeptBuffer = 256 * 1024;

}  // namespace

Worker::Worker(Workers& workers, LaneOptions lane, Writer& writer, const NetLimits& limits)
    : workers_(workers),
      limits_(limits),
      io_(1),
      timer_(io_),
      lane_(lane, writer, [this](std::function<void()> fn) { post(std::move(fn)); }),
      buffer_(std::make_unique<char[]>(kBuffer + kTextPadding)) {
  lane_.on_progress([this] {
    resume_paused();
    schedule_flush();
  });
}

Worker::~Worker() = default;

void Worker::start() {
  await_tick();
  thread_ = std::thread([this] {
    set_thread_name("worker-" + std::to_string(lane_.number()));
    set_current_lane(lane_.number());
    run();
  });
}

void Worker::run() {
  const auto guard = boost::asio::make_work_guard(io_);
  io_.run();
}

void Worker::stop() {
  if (!thread_.joinable()) return;
  io_.stop();
  thread_.join();
}

void Worker::post(std::function<void()> fn) {
  boost::asio::post(io_, std::move(fn));
}

void Worker::adopt(Accepted accepted) {
  // std::function copies what it holds; a socket cannot be copied.
  post([this, shared = std::make_shared<Accepted>(std::move(accepted))] {
    const std::uint64_t id = shared->id;
    auto& connection = connections_[id];
    connection = std::make_unique<Connection>(*this, std::move(*shared));
    connection->start();
  });
}

Connection* Worker::find(std::uint64_t id) {
  const auto at = connections_.find(id);
  return at == connections_.end() ? nullptr : at->second.get();
}

void Worker::remove(std::uint64_t connection) {
  if (connections_.erase(connection) == 0) return;
  if (large_.erase(connection) != 0) workers_.give_back_large(limits_.message_size);
  workers_.removed();
}

void Worker::dirty(Connection& connection) {
  dirty_.push_back(connection.id());
  schedule_flush();
}

// After what is ready now has been read: operations and answers of a round go out together.
void Worker::schedule_flush() {
  if (flush_scheduled_) return;
  flush_scheduled_ = true;
  boost::asio::post(io_, [this] {
    flush_scheduled_ = false;
    flush();
  });
}

void Worker::flush() {
  lane_.flush();
  std::vector<std::uint64_t> list;
  list.swap(dirty_);
  for (const std::uint64_t id : list) {
    if (Connection* connection = find(id)) connection->flush();
  }
}

void Worker::resume_paused() {
  if (paused_.empty() || lane_.congested()) return;
  std::vector<std::uint64_t> list;
  list.swap(paused_);
  for (const std::uint64_t id : list) {
    Connection* connection = find(id);
    if (connection == nullptr) continue;
    connection->resume();
  }
}

void Worker::recycle(std::string& buffer) {
  if (buffer.capacity() > kKeptBuffer || spare_buffers_.size() == kSpareBuffers) {
    std::string().swap(buffer);
  } else if (buffer.capacity() > 15) {
    spare_buffers_.push_back(std::move(buffer));
    buffer = std::string();
  }
}

std::string Worker::take_buffer() {
  if (spare_buffers_.empty()) return {};
  std::string buffer = std::move(spare_buffers_.back());
  spare_buffers_.pop_back();
  return buffer;
}

bool Worker::large_message(std::uint64_t connection) {
  if (large_.contains(connection)) return true;
  if (!workers_.take_large(limits_.message_size)) return false;
  large_.insert(connection);
  return true;
}

void Worker::large_message_over(std::uint64_t connection) {
  if (large_.erase(connection) == 0) return;
  workers_.give_back_large(limits_.message_size);
}

void Worker::await_tick() {
  timer_.expires_after(std::chrono::seconds(1));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    tick();
    await_tick();
  });
}

void Worker::tick() {
  const std::int64_t now = monotonic_ns();
  std::vector<std::uint64_t> ids;
  ids.reserve(connections_.size());
  for (const auto& [id, connection] : connections_) ids.push_back(id);
  for (const std::uint64_t id : ids) {
    if (Connection* connection = find(id)) connection->tick(now);
  }
  // Another worker's large message may have ended.
  resume_paused();
  schedule_flush();
}

}  // namespace crawlhub
