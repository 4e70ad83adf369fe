// The way in: bytes from the socket to messages at the lane.
#include <cerrno>

#include <unistd.h>

#include "host/core/clock.hpp"
#include "host/net/connection.hpp"
#include "host/net/workers.hpp"

namespace crawlhub {

namespace {

constexpr std::int64_t kOldest_ns = std::int64_t{24} * 3600 * 1'000'000'000;
constexpr std::int64_t kAhead_ns = std::int64_t{5} * 60 * 1'000'000'000;

std::string_view view_of(const crawlhub_str& text) {
  return {text.ptr, text.len};
}

}  // namespace

void Connection::await_input() {
  socket_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [&worker = worker_, id = id()](const boost::system::error_code& error) {
                       Connection* self = worker.find(id);
                       if (self != nullptr && !error && !self->closed_) self->on_input();
                     });
}

void Connection::on_input() {
  if (input_ended_) return;
  const ssize_t n = ::read(socket_.native_handle(), worker_.buffer(), Worker::kBuffer);
  if (n < 0) {
    if (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK) return await_input();
    return close(0, "the connection broke: " +
                        boost::system::error_code(errno, boost::system::system_category()).message());
  }
  if (n == 0) return on_end_of_input();
  const auto size = static_cast<std::size_t>(n);
  stats_.bytes_received += size;
  worker_.traffic().bytes_in.add(size);
  stats_.last_activity_ns = wall_ns();
  heard_ns_ = monotonic_ns();
  framer_.feed({worker_.buffer(), size});
  read_frames();
}

void Connection::read_frames() {
  while (!closing_ && !input_ended_) {
    if (must_pause()) {
      framer_.keep();
      break;
    }
    const Frame frame = framer_.next();
    if (frame.kind == FrameKind::kNone) break;
    if (frame.kind == FrameKind::kMessage) {
      on_frame(frame.text);
    } else if (frame.kind == FrameKind::kOversized) {
      refuse(CRAWLHUB_E_TOO_LONG, "the message is longer than limits.message_size (" +
                                      std::to_string(worker_.limits().message_size) + " bytes)");
    } else {
      close(CRAWLHUB_E_TOO_LONG, "one message went on past four times limits.message_size");
    }
  }
  worker_.schedule_flush();
  if (!closing_ && !input_ended_ && paused_ == Pause::kNone) await_input();
}

bool Connection::must_pause() {
  if (paused_ != Pause::kNone) return true;
  if (worker_.lane().congested()) {
    pause(Pause::kCongested);
  } else if (out_.size() - written_ > worker_.limits().write_queue) {
    pause(Pause::kWriting);
  } else if (framer_.held() > Worker::kLargeMessage) {
    if (!worker_.large_message(id())) pause(Pause::kCongested);
  } else if (has_large_) {
    worker_.large_message_over(id());
  }
  has_large_ = framer_.held() > Worker::kLargeMessage;
  return paused_ != Pause::kNone;
}

void Connection::pause(Pause why) {
  paused_ = why;
  paused_since_ns_ = monotonic_ns();
  if (why == Pause::kCongested) worker_.paused(*this);
}

void Connection::resume() {
  if (paused_ == Pause::kNone || closing_) return;
  paused_ = Pause::kNone;
  const std::int64_t now = monotonic_ns();
  info_.unread_ns += now - paused_since_ns_;
  heard_ns_ = now;  // its silence was ours
  read_frames();
}

void Connection::on_frame(std::string_view text) {
  crawlhub_message message;
  if (worker_.parser().parse(text, message)) return on_message(message);
  const ParseError error = worker_.parser().error();
  if (framer_.mode() != FramingMode::kAuto) return refuse(error.code, error.text());
  // Several messages on one line: production crawlers write no newline.
  std::string_view rest = text;
  std::string_view piece = next_piece(rest);
  if (std::string_view after = rest; next_piece(after).empty()) return refuse(error.code, error.text());
  for (; !piece.empty() && !closing_; piece = next_piece(rest)) {
    if (worker_.parser().parse(piece, message)) {
      on_message(message);
    } else {
      refuse(worker_.parser().error().code, worker_.parser().error().text());
    }
  }
}

void Connection::on_message(crawlhub_message& message) {
  unreadable_in_a_row_ = 0;
  ++stats_.messages_received;
  worker_.traffic().messages.add();
  message.connection = &info_;
  check_time(message);
  if (view_of(message.type) == "hello") return on_hello(message);
  Ticket ticket = 1;
  if (inflight_ && !number(message, ticket)) return;
  if (unfinished_++ == 0) busy_since_ns_ = heard_ns_;
  worker_.lane().message(*this, ticket, message);
}

// Where acks were granted every message carries the next number.
bool Connection::number(const crawlhub_message& message, Ticket& ticket) {
  const std::uint64_t expected = inflight_->expected();
  if ((message.flags & CRAWLHUB_MESSAGE_SEQ) == 0 || message.seq < expected ||
      message.seq > expected + Inflight::kMostMissing) {
    const std::string got =
        (message.flags & CRAWLHUB_MESSAGE_SEQ) == 0 ? "nothing" : std::to_string(message.seq);
    report(CRAWLHUB_E_BAD_ENVELOPE, "seq: expected " + std::to_string(expected) + ", got " + got, kNoTicket,
           view_of(message.job_id));
    return false;
  }
  ticket = inflight_->add(message.seq);
  return true;
}

// A timestamp that cannot be right is replaced by the hub's clock; whether that is said or refused is a
// middleware's.
void Connection::check_time(crawlhub_message& message) {
  const std::int64_t now = stats_.last_activity_ns;
  const bool plausible = (message.flags & CRAWLHUB_MESSAGE_TIME) != 0 && message.time_ns > now - kOldest_ns &&
                         message.time_ns < now + kAhead_ns;
  if (plausible) return;
  message.flags &= ~CRAWLHUB_MESSAGE_TIME;
  message.time_ns = now;
}

void Connection::refuse(std::int32_t code, std::string_view text) {
  report(code, text, kNoTicket);
  if (++unreadable_in_a_row_ < worker_.limits().max_errors) return;
  close(CRAWLHUB_E_UNREADABLE_LIMIT,
        std::to_string(unreadable_in_a_row_) + " unreadable messages in a row (protocol.max_errors)");
}

void Connection::on_end_of_input() {
  if (framer_.in_message()) report(CRAWLHUB_E_NOT_JSON, "the stream ended inside a message", kNoTicket);
  end("the peer closed the connection");
}

}  // namespace crawlhub
