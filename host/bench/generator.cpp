#include "host/bench/generator.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <ctime>

#include <sys/epoll.h>

#include <crawlhub/abi/errors.h>

#include "host/core/clock.hpp"

namespace crawlhub::bench {

namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kSilence = 30 * kSecond;  // without an ack: the hub has stopped
constexpr int kEventsAtOnce = 256;

std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(monotonic_ns());
}

Status lost(const std::string& why, const std::string& last_line) {
  return {CRAWLHUB_E_NETWORK_FAILED, "a connection was lost: " + why +
                                         (last_line.empty() ? "" : "; the hub's last words: " + last_line)};
}

}  // namespace

Generator::Generator(std::vector<Crawler>& crawlers, const ProgressMessages& messages, const Load& load)
    : messages_(messages), load_(load) {
  lanes_.reserve(crawlers.size());
  for (Crawler& crawler : crawlers) {
    lanes_.push_back(
        {&crawler, crawler.last_seq(), std::vector<std::uint64_t>(std::bit_ceil(load.window)), false, {}});
  }
}

Result<Measurement> Generator::run(const OnSecond& on_second) {
  if (Status status = open(); !status) return status;
  start_ = last_ack_ = now_ns();
  if (load_.rate == 0) {
    for (Lane& lane : lanes_) {
      fill(lane, now_ns());
      if (Status status = flush(lane); !status) return status;
    }
  }
  std::uint64_t next_second = start_ + kSecond;
  for (std::uint64_t now = start_; sending(now) || measured_.messages < sent_; now = now_ns()) {
    if (Status status = wait(now); !status) return status;
    if (measured_.messages < sent_ && now > last_ack_ + kSilence)
      return {CRAWLHUB_E_NETWORK_FAILED,
              "no ack for 30 s; " + std::to_string(sent_ - measured_.messages) + " messages wait for one"};
    if (now < next_second) continue;
    if (on_second) on_second(measured_, static_cast<double>(now - start_) / kSecond);
    next_second += kSecond;
  }
  measured_.seconds = static_cast<double>(last_ack_ - start_) / kSecond;
  return std::move(measured_);
}

Status Generator::open() {
  epoll_.reset(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll_) return {CRAWLHUB_E_NETWORK_FAILED, std::string("epoll: ") + std::strerror(errno)};
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    epoll_event event{EPOLLIN, {.u64 = i}};
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, lanes_[i].crawler->connection().fd(), &event) != 0)
      return {CRAWLHUB_E_NETWORK_FAILED, std::string("epoll: ") + std::strerror(errno)};
  }
  return {};
}

bool Generator::sending(std::uint64_t now) const {
  if (load_.messages != 0 && sent_ >= load_.messages) return false;
  return load_.seconds == 0 || static_cast<double>(now - start_) < load_.seconds * kSecond;
}

// Waits for the kernel, at most a tenth of a second, and does what there is to do.
Status Generator::wait(std::uint64_t now) {
  std::uint64_t patience = kSecond / 10;
  if (load_.rate > 0 && sending(now)) {
    append_due(now);
    for (Lane& lane : lanes_) {
      if (Status status = flush(lane); !status) return status;
    }
    const std::uint64_t next = due(sent_);
    patience = std::min(patience, next > now ? next - now : kSecond / 10'000);
  }
  const timespec timeout{0, static_cast<long>(patience)};
  epoll_event events[kEventsAtOnce];
  const int ready = ::epoll_pwait2(epoll_.get(), events, kEventsAtOnce, &timeout, nullptr);
  if (ready < 0 && errno != EINTR)
    return {CRAWLHUB_E_NETWORK_FAILED, std::string("epoll: ") + std::strerror(errno)};
  for (int i = 0; i < ready; ++i) {
    if (Status status = receive(lanes_[events[i].data.u64]); !status) return status;
  }
  return {};
}

Status Generator::receive(Lane& lane) {
  std::uint64_t now = 0;  // read once, when there is something
  const bool alive = lane.crawler->connection().receive([&](std::string_view line) {
    if (now == 0) now = now_ns();
    if (const auto ack = client::parse_ack(line)) {
      read_ack(lane, *ack, now);
    } else {
      lane.other = line;
    }
  });
  if (!alive) return lost(lane.crawler->connection().error(), lane.other);
  if (now != 0 && load_.rate == 0 && sending(now)) fill(lane, now);
  return flush(lane);
}

void Generator::read_ack(Lane& lane, const client::AckView& ack, std::uint64_t now) {
  const std::size_t mask = lane.sent_at.size() - 1;
  const std::uint64_t until = std::min(ack.seq, lane.crawler->last_seq());
  measured_.messages += until - std::min(until, lane.acked);
  for (; lane.acked < until; ++lane.acked) {
    measured_.latency.record(now - lane.sent_at[(lane.acked + 1) & mask]);
  }
  last_ack_ = now;
  if (ack.rejected.empty()) return;
  client::for_each_rejected(ack, [this](std::uint64_t, std::string_view entry) {
    if (measured_.rejected++ == 0) measured_.first_rejected = entry;
  });
}

bool Generator::has_room(const Lane& lane) const {
  return lane.crawler->last_seq() - lane.acked < load_.window;
}

void Generator::append(Lane& lane, std::uint64_t time) {
  std::vector<HeldJob>& jobs = lane.crawler->jobs();
  HeldJob& job = jobs[random(jobs.size())];
  job.last = static_cast<std::uint32_t>(random(messages_.count()));
  const std::uint64_t seq = lane.crawler->take_seq();
  lane.sent_at[seq & (lane.sent_at.size() - 1)] = time;
  messages_.append(lane.crawler->connection().out(), seq, job.head, job.last);
  ++sent_;
}

void Generator::fill(Lane& lane, std::uint64_t now) {
  while (has_room(lane) && (load_.messages == 0 || sent_ < load_.messages)) append(lane, now);
}

// With a rate: appends what is due. A message that found every window full is late, and its latency says so.
void Generator::append_due(std::uint64_t now) {
  std::size_t full = 0;  // windows in a row
  while (due(sent_) <= now && full < lanes_.size() && (load_.messages == 0 || sent_ < load_.messages)) {
    Lane& lane = lanes_[next_lane_++ % lanes_.size()];
    if (has_room(lane)) {
      append(lane, due(sent_));
      full = 0;
    } else {
      ++full;
    }
  }
}

// Gives the kernel what it takes; what it does not take waits for epoll.
Status Generator::flush(Lane& lane) {
  client::Connection& connection = lane.crawler->connection();
  if (!connection.flush()) return lost(connection.error(), lane.other);
  const bool waits = connection.unsent() > 0;
  if (waits == lane.waits_to_write) return {};
  lane.waits_to_write = waits;
  epoll_event event{waits ? EPOLLIN | EPOLLOUT : EPOLLIN,
                    {.u64 = static_cast<std::uint64_t>(&lane - lanes_.data())}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.fd(), &event) != 0)
    return {CRAWLHUB_E_NETWORK_FAILED, std::string("epoll: ") + std::strerror(errno)};
  return {};
}

std::uint64_t Generator::due(std::uint64_t number) const {
  return start_ + static_cast<std::uint64_t>(static_cast<double>(number) * (kSecond / load_.rate));
}

// xorshift; the same run each time.
std::uint64_t Generator::random(std::uint64_t below) {
  random_ ^= random_ << 13;
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  return (random_ >> 32) * below >> 32;
}

}  // namespace crawlhub::bench
