#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "journal_file.hpp"

namespace crawlhub::storage_sqlite {

// What was accepted and is not yet safe in the database, in two files that take turns: one is written while
// what the other holds is being folded into rows; then that one is free. Thread: one at a time.
class Journal {
 public:
  // capacity: bytes of both files together; each is left soon after its half is full. reserves: whether space
  // is written ahead, which makes flushing cheap. Errors: JournalError.
  Journal(const std::string& database_path, std::uint64_t capacity, bool reserves);

  // The frame of the batch in hand.
  FrameWriter& frame() noexcept { return frame_; }
  // Appends it under the number of its batch. Returns the number of its first record. Errors: JournalError.
  std::uint64_t write(std::uint64_t batch);
  void take_back() { active().take_back(); }
  void sync() { active().sync(); }

  // Numbers of records go on where those of the frame in hand would end.
  std::uint64_t next_record() const noexcept { return next_record_ + frame_.records(); }
  // Whether there are files that were used once.
  bool begun() const noexcept { return files_[active_]->generation() != 0; }
  bool empty() const noexcept { return files_[0]->empty() && files_[1]->empty(); }
  void skip_records(std::uint64_t newest) noexcept {
    if (newest >= next_record_) next_record_ = newest + 1;
  }

  // The file being written is full: it is time to turn to the other, once that is free.
  bool full() const noexcept { return files_[active_]->position() > half_; }
  bool other_free() const noexcept { return other_free_; }
  // What the other file holds is safe in the database.
  void free_other() noexcept { other_free_ = true; }
  // REQUIRES: other_free().
  void turn();
  // Nothing in either file counts any more.
  void reset();
  // Writes a little space ahead. Returns whether it did.
  bool reserve();

  // Hands over all whole frames, oldest first.
  void replay(const std::function<void(const Frame&)>& take);

 private:
  JournalFile& active() noexcept { return *files_[active_]; }

  std::uint64_t half_;
  bool reserves_;
  std::array<std::unique_ptr<JournalFile>, 2> files_;
  std::size_t active_ = 0;
  bool other_free_ = true;
  FrameWriter frame_;
  std::uint64_t next_record_ = 1;
};

}  // namespace crawlhub::storage_sqlite
