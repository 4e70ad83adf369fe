#pragma once

#include <cstdint>
#include <vector>

#include "hot_job.hpp"

namespace crawlhub::storage_sqlite {

// Which jobs have progress that is not in their rows. They are folded in rounds: a round takes all that are
// dirty when it begins, so that what was dirty at a moment is folded when the round in hand and the next one
// have ended. Thread: one at a time.
class FoldQueue {
 public:
  // After progress was merged into the job.
  void add(HotJob& job) {
    job.dirty = true;
    if (job.listed) return;
    job.listed = true;
    next_.push_back(&job);
  }
  // Begins a round, where none is in hand. Returns the number of the round that folds all that is dirty now.
  std::uint64_t begin() {
    if (!round_.empty()) return number_ + 1;
    if (next_.empty()) return number_;
    round_.swap(next_);
    return ++number_;
  }
  // The next job of the round; null where it has ended. It may have become clean meanwhile.
  HotJob* pop() {
    if (round_.empty()) return nullptr;
    HotJob* job = round_.back();
    round_.pop_back();
    job->listed = false;
    return job;
  }
  bool in_hand() const noexcept { return !round_.empty(); }
  bool idle() const noexcept { return round_.empty() && next_.empty(); }
  // Whether a round has ended.
  bool ended(std::uint64_t round) const noexcept {
    return number_ > round || (number_ == round && round_.empty());
  }
  std::size_t size() const noexcept { return round_.size() + next_.size(); }
  void clear() {
    round_.clear();
    next_.clear();
  }

 private:
  std::vector<HotJob*> round_, next_;
  std::uint64_t number_ = 0;
};

}  // namespace crawlhub::storage_sqlite
