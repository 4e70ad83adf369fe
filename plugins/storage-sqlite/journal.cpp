#include "journal.hpp"

#include <algorithm>

namespace crawlhub::storage_sqlite {

namespace {

constexpr std::uint64_t kAhead = 4 * 1024 * 1024;  // reserved beyond the position
constexpr std::uint64_t kStep = 256 * 1024;        // at a time

}  // namespace

Journal::Journal(const std::string& database_path, std::uint64_t capacity, bool reserves)
    : half_(capacity / 2), reserves_(reserves) {
  for (std::size_t i = 0; i < files_.size(); ++i) {
    files_[i] = std::make_unique<JournalFile>(database_path + ".journal." + std::to_string(i));
  }
  active_ = files_[1]->generation() > files_[0]->generation() ? 1 : 0;
  other_free_ = files_[1 - active_]->generation() == 0;
}

std::uint64_t Journal::write(std::uint64_t batch) {
  const std::uint64_t first = next_record_;
  active().append(frame_, batch, first);
  next_record_ += frame_.records();
  frame_.clear();
  return first;
}

void Journal::turn() {
  const std::uint64_t generation = active().generation() + 1;
  files_[1 - active_]->begin(generation);
  active_ = 1 - active_;
  other_free_ = false;
}

void Journal::reset() {
  const std::uint64_t generation = std::max(files_[0]->generation(), files_[1]->generation()) + 1;
  active_ = 0;
  files_[1]->begin(generation);
  files_[0]->begin(generation + 1);
  for (const auto& file : files_) file->sync();
  other_free_ = true;
}

bool Journal::reserve() {
  if (!reserves_) return false;
  return active().reserve(kStep, std::min(active().position() + kAhead, half_));
}

void Journal::replay(const std::function<void(const Frame&)>& take) {
  const auto read = [&](const Frame& frame) {
    take(frame);
    skip_records(frame.head.first_record + frame.head.records - 1);
  };
  files_[1 - active_]->replay(read);
  files_[active_]->replay(read);
}

}  // namespace crawlhub::storage_sqlite
