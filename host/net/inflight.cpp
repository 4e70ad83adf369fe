#include "host/net/inflight.hpp"

#include <crawlhub/abi/errors.h>

namespace crawlhub {

Ticket Inflight::add(std::uint64_t seq) {
  while (last_ + 1 < seq) {
    ++last_;
    entries_.push_back(
        {last_, CRAWLHUB_E_UNREADABLE, true, "the message with this number could not be read"});
  }
  last_ = seq;
  entries_.push_back({seq, 0, false, {}});
  return first_ + entries_.size() - 1;
}

void Inflight::finish(Ticket ticket, const Outcome& outcome) {
  Entry& entry = entries_[ticket - first_];
  entry.done = true;
  entry.code = outcome.code;
  if (outcome.code != 0) entry.text = outcome.text;
  if (ticket == first_ || entries_.front().done) advance();
}

void Inflight::advance() {
  while (!entries_.empty() && entries_.front().done) {
    Entry& entry = entries_.front();
    acked_ = entry.seq;
    if (entry.code != 0) rejected_.push_back({entry.seq, entry.code, std::move(entry.text)});
    entries_.pop_front();
    ++first_;
  }
}

std::uint64_t Inflight::take(std::vector<Rejected>& rejected) {
  rejected.clear();
  rejected.swap(rejected_);
  told_ = acked_;
  return acked_;
}

}  // namespace crawlhub
