#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <crawlhub/client/stamp.hpp>

namespace crawlhub::client {

/// A message on its way: kept until the hub has acked it.
struct Outgoing {
  std::string type;
  std::string job_id;
  std::string text;  ///< see `make_message`
  std::optional<std::uint64_t> lease;
  bool transient =
      false;  ///< means nothing after a reconnect (heartbeat, job_request): dropped then, not sent again
  std::uint64_t order = 0;  ///< set by Outbox: grows with each message, the same over all connections
};

/// What was sent and not yet acked, followed by what was not yet sent, in order. `sent_` divides the two. The
/// first of the queue has number `first_seq_` on the present connection. Not thread-safe; knows neither
/// sockets nor clocks.
class Outbox {
 public:
  /// Appends a message. @return its order, for `done_up_to`.
  std::uint64_t push(Outgoing message) {
    message.order = ++last_order_;
    if (!message.job_id.empty()) newest_of_job_[message.job_id] = message.order;
    return insert(std::move(message));
  }

  /// Appends again what `take_acked` handed back; it keeps its order.
  std::uint64_t insert(Outgoing message) {
    const auto order = message.order;
    bytes_ += message.text.size();
    if (!message.transient) pending_.insert(order);
    queue_.push_back(std::move(message));
    return order;
  }

  /// A new connection: everything not acked is to be sent again, numbered from 1.
  void restart() {
    std::erase_if(queue_, [this](const Outgoing& message) {
      if (message.transient) bytes_ -= message.text.size();
      return message.transient;
    });
    sent_ = 0;
    first_seq_ = 1;
  }

  /// Appends the next unsent message to `out`. @return false where there is none.
  bool send_next(std::string& out, bool numbered) {
    if (sent_ == queue_.size()) return false;
    const auto& message = queue_[sent_];
    append_stamped(out, message.text, numbered ? first_seq_ + sent_ : 0, message.lease);
    ++sent_;
    return true;
  }

  /// The hub has done all up to `seq`. Calls on_refused(seq's message) for those in `refused` (seq to
  /// caller's index).
  template <class OnRefused>
  void acked(std::uint64_t seq, const std::map<std::uint64_t, std::size_t>& refused, OnRefused&& on_refused) {
    while (sent_ > 0 && first_seq_ <= seq) {
      Outgoing message = pop();
      const auto entry = refused.find(first_seq_ - 1);
      if (entry != refused.end()) on_refused(std::move(message), entry->second);
    }
  }

  /// Without acks: what the kernel has taken counts as done.
  void sent_is_done() {
    while (sent_ > 0) pop();
  }

  /// The job was handed out to us again: reports not yet acked carry the new number when they are sent again.
  void set_lease(const std::string& job_id, std::optional<std::uint64_t> lease) {
    for (auto& message : queue_) {
      if (message.job_id == job_id) message.lease = lease;
    }
  }

  /// A later message on the same job is known: within `on_refused`, where a refused report may no longer
  /// matter.
  bool superseded(const Outgoing& message) const {
    const auto newest = newest_of_job_.find(message.job_id);
    return newest != newest_of_job_.end() && newest->second > message.order;
  }

  /// Every lasting message up to this order is done.
  bool done_up_to(std::uint64_t order) const { return pending_.empty() || *pending_.begin() > order; }

  /// Keeps an order undone while its message waits outside for a later `insert`.
  void hold(std::uint64_t order) { pending_.insert(order); }

  std::uint64_t last_order() const { return last_order_; }
  std::size_t bytes() const { return bytes_; }
  std::size_t unacked() const { return pending_.size(); }
  bool has_unsent() const { return sent_ < queue_.size(); }

 private:
  Outgoing pop() {
    Outgoing message = std::move(queue_.front());
    queue_.pop_front();
    --sent_;
    ++first_seq_;
    bytes_ -= message.text.size();
    pending_.erase(message.order);
    const auto newest = newest_of_job_.find(message.job_id);
    if (newest != newest_of_job_.end() && newest->second == message.order) newest_of_job_.erase(newest);
    return message;
  }

  std::deque<Outgoing> queue_;
  std::size_t sent_ = 0;
  std::uint64_t first_seq_ = 1;
  std::uint64_t last_order_ = 0;
  std::size_t bytes_ = 0;
  std::map<std::string, std::uint64_t> newest_of_job_;  // orders; only of jobs with a message in queue_
  std::set<std::uint64_t> pending_;                     // orders of lasting messages that are not done
};

}  // namespace crawlhub::client
