#include "host/net/connection.hpp"

#include <algorithm>
#include <cerrno>

#include <sys/socket.h>

#include "host/core/clock.hpp"
#include "host/net/outgoing_text.hpp"
#include "host/net/workers.hpp"

namespace crawlhub {

namespace {

// Answered after this long, a connection is called slow (docs/operate.md, "Health of a connection").
constexpr std::int64_t kHighLatency_ns = 5'000'000'000;
constexpr std::uint64_t kErrorShare = 10;  // percent

}  // namespace

Connection::Connection(Worker& worker, Accepted accepted)
    : worker_(worker),
      socket_(worker.io(), accepted.fd.release()),
      framer_(accepted.framing, worker.limits().message_size),
      name_("c" + std::to_string(accepted.id)),
      remote_address_(std::move(accepted.remote_address)),
      listener_(std::move(accepted.listener)),
      owner_(std::move(accepted.owner)) {
  info_.struct_size = sizeof(info_);
  info_.id = accepted.id;
  info_.name = {name_.data(), name_.size()};
  info_.lane = worker.lane().number();
  stats_.connected_ns = stats_.last_activity_ns = wall_ns();
  heard_ns_ = monotonic_ns();
}

Connection::~Connection() = default;

void Connection::start() {
  worker_.lane().connected(*this);
  worker_.workers().observer().connection_event("connected", view(), {});
  await_input();
}

void** Connection::slot(std::size_t instance) {
  if (slots_.size() <= instance) slots_.resize(instance + 1);
  return &slots_[instance];
}

bool Connection::write(std::string_view job_member, std::string_view type, std::string_view job_id,
                       std::string_view data) {
  if (closing_) return false;
  if (out_.capacity() < 16) out_ = worker_.take_buffer();
  const std::size_t from = out_.size();
  append_message(out_, type, worker_.timestamp(), job_member, job_id, data);
  if ((info_.flags & CRAWLHUB_CONNECTION_HELLO) == 0) escape_braces_in_strings(out_, from);
  ++stats_.messages_sent;
  mark_dirty();
  return true;
}

void Connection::finished(Ticket ticket, const Outcome& outcome) {
  --unfinished_;
  if (unfinished_ == 0) {
    stats_.response_last_ns = monotonic_ns() - busy_since_ns_;
    stats_.response_total_ns += stats_.response_last_ns;
    ++stats_.busy_periods;
  }
  if (outcome.code != 0) report(outcome.code, outcome.text, ticket);
  if (inflight_) {
    inflight_->finish(ticket, outcome);
    if (inflight_->full()) append_due_ack();
    mark_dirty();
  }
  if (input_ended_) end_if_drained();
}

// Counted, told to the observer, and to the peer where it was granted `errors`.
void Connection::report(std::int32_t code, std::string_view text, Ticket ticket, std::string_view job_id) {
  ++stats_.errors;
  worker_.traffic().errors.add();
  stats_.last_error = text;
  worker_.workers().observer().error(code, text, view(), job_id);
  if ((info_.flags & CRAWLHUB_CONNECTION_ERRORS) == 0 || closing_) return;
  append_error(out_, worker_.timestamp(), code, text,
               inflight_ && ticket != kNoTicket ? inflight_->seq(ticket) : 0);
  ++stats_.messages_sent;
  mark_dirty();
}

void Connection::append_due_ack() {
  std::vector<Inflight::Rejected> rejected;
  const std::uint64_t seq = inflight_->take(rejected);
  append_ack(out_, worker_.timestamp(), seq, rejected);
  ++stats_.messages_sent;
}

void Connection::mark_dirty() {
  if (dirty_ || closed_) return;
  dirty_ = true;
  worker_.dirty(*this);
}

void Connection::flush() {
  dirty_ = false;
  if (closed_) return;
  if (inflight_ && inflight_->due()) append_due_ack();
  while (written_ < out_.size()) {
    const ssize_t n = ::send(socket_.native_handle(), out_.data() + written_, out_.size() - written_,
                             MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return await_output();
      return close(0, "the peer closed the connection");
    }
    written_ += static_cast<std::size_t>(n);
    stats_.bytes_sent += static_cast<std::uint64_t>(n);
    worker_.traffic().bytes_out.add(static_cast<std::uint64_t>(n));
  }
  slow_since_ns_ = 0;
  written_ = 0;
  out_.clear();
  worker_.recycle(out_);
  if (paused_ == Pause::kWriting) resume();
  if (input_ended_) end_if_drained();
}

void Connection::await_output() {
  if (slow_since_ns_ == 0) slow_since_ns_ = monotonic_ns();
  // What was written goes only once it is much: moving the rest each time would cost more than it frees.
  if (written_ > out_.size() / 2) {
    out_.erase(0, written_);
    written_ = 0;
  }
  if (awaiting_output_) return;
  awaiting_output_ = true;
  socket_.async_wait(boost::asio::posix::stream_descriptor::wait_write,
                     [&worker = worker_, id = id()](const boost::system::error_code& error) {
                       Connection* self = worker.find(id);
                       if (self == nullptr) return;
                       self->awaiting_output_ = false;
                       if (!error && !self->closed_) self->flush();
                     });
}

void Connection::end(std::string_view reason) {
  if (input_ended_ || closing_) return;
  input_ended_ = true;
  end_reason_ = reason;
  mark_dirty();
  end_if_drained();
}

void Connection::end_if_drained() {
  if (closing_ || unfinished_ != 0 || written_ < out_.size() || (inflight_ && inflight_->due())) return;
  close(0, end_reason_);
}

void Connection::close(std::int32_t code, std::string_view reason, std::function<void()> gone) {
  if (gone) {
    // At most two wait for the same end: a take-over and another.
    gone_ =
        gone_ ? [first = std::move(gone_), second = std::move(gone)] { first(), second(); } : std::move(gone);
  }
  if (closing_) return destroy_if_done();
  if (code != 0) report(code, reason, kNoTicket);
  closing_ = true;
  const std::string text(reason);
  pin();
  worker_.lane().disconnected(*this, text);
  if (hello_) worker_.workers().release_crawler(hello_->crawler_id, id());
  // Best effort: the last words, where the socket takes them at once.
  if (written_ < out_.size()) {
    static_cast<void>(::send(socket_.native_handle(), out_.data() + written_, out_.size() - written_,
                             MSG_NOSIGNAL | MSG_DONTWAIT));
  }
  closed_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
  worker_.workers().observer().connection_event("disconnected", view(), text);
  worker_.schedule_flush();
  unpin();
}

void Connection::unpin() {
  --pins_;
  destroy_if_done();
}

void Connection::destroy_if_done() {
  if (!closed_ || pins_ != 0) return;
  ++pins_;  // once
  worker_.post([&worker = worker_, id = id(), gone = std::move(gone_)] {
    worker.remove(id);
    if (gone) gone();
  });
}

void Connection::tick(std::int64_t now) {
  if (closing_) return;
  worker_.lane().tick(*this);
  const NetLimits& limits = worker_.limits();
  if (slow_since_ns_ != 0 && now - slow_since_ns_ > limits.slow_consumer_ns)
    return close(CRAWLHUB_E_SLOW_CONSUMER, "the peer has not read what it was sent for limits.slow_consumer");
  if (limits.idle_ns != 0 && paused_ == Pause::kNone && now - heard_ns_ > limits.idle_ns)
    return close(CRAWLHUB_E_IDLE_TIMEOUT, "nothing was heard for limits.idle");
}

std::vector<std::string> Connection::issues() const {
  std::vector<std::string> list;
  const std::int64_t now = monotonic_ns();
  if (slow_since_ns_ != 0) list.emplace_back("timeout");
  if (stats_.response_last_ns > kHighLatency_ns ||
      (unfinished_ != 0 && now - busy_since_ns_ > kHighLatency_ns))
    list.emplace_back("high_latency");
  if (stats_.errors * 100 > stats_.messages_received * kErrorShare) list.emplace_back("message_errors");
  if (now - heard_ns_ > worker_.limits().heartbeat_timeout_ns) list.emplace_back("heartbeat_missed");
  return list;
}

ConnectionView Connection::view() const {
  ConnectionView view;
  view.id = info_.id;
  view.name = name_;
  view.remote_address = remote_address_;
  view.listener = listener_;
  view.stats = stats_;
  view.issues = issues();
  const bool unhealthy = std::ranges::find(view.issues, "heartbeat_missed") != view.issues.end();
  view.health = stats_.messages_received == 0 ? "unknown"
                : view.issues.empty()         ? "healthy"
                : unhealthy                   ? "unhealthy"
                                              : "degraded";
  const bool silent = monotonic_ns() - heard_ns_ > worker_.limits().heartbeat_interval_ns;
  view.state = closing_                        ? "disconnected"
               : silent                        ? "idle"
               : stats_.messages_received == 0 ? "connected"
                                               : "active";
  if (hello_) {
    view.crawler_id = hello_->crawler_id;
    view.version = hello_->version;
    view.capabilities = hello_->capabilities;
  }
  return view;
}

}  // namespace crawlhub
