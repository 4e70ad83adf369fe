#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "frame.hpp"

namespace crawlhub::storage_sqlite {

// A write to the journal failed; nothing of it counts.
class JournalError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// One file of the journal: a head, then frames. Its size is what is reserved: bytes that were written once,
// so that writing them again and flushing them needs no change of the file's own data. Thread: one at a time.
class JournalFile {
 public:
  // Opens it, and makes it where there is none. Errors: JournalError.
  explicit JournalFile(std::string path);
  ~JournalFile();
  JournalFile(const JournalFile&) = delete;
  JournalFile& operator=(const JournalFile&) = delete;

  // 0 where there is no journal in it.
  std::uint64_t generation() const noexcept { return generation_; }
  std::uint64_t position() const noexcept { return position_; }
  // Known after replay().
  bool empty() const noexcept { return position_ <= kFirstFrame; }

  // Empties it, under a number that no use of it had before. Errors: JournalError.
  void begin(std::uint64_t generation);
  // Writes a frame after the last one. Errors: JournalError; then nothing was appended.
  void append(FrameWriter& frame, std::uint64_t batch, std::uint64_t first_record);
  // Makes the last frame one that never was. Errors: JournalError.
  void take_back();
  // Errors: JournalError.
  void sync();
  // Writes up to bytes more zeroes after the end, no further than limit. True where something was written.
  bool reserve(std::uint64_t bytes, std::uint64_t limit);
  // Hands over the frames in their order, up to the first that is not whole, and goes on from there.
  void replay(const std::function<void(const Frame&)>& take);

 private:
  static constexpr std::uint64_t kFirstFrame = 64;

  void write_at(std::uint64_t offset, std::string_view bytes);
  [[noreturn]] void fail(const char* doing) const;
  void read_head();

  std::string path_;
  int fd_ = -1;
  std::uint64_t generation_ = 0;
  std::uint64_t position_ = 0;  // where the next frame begins
  std::uint64_t last_ = 0;      // where the last one began
  std::uint64_t size_ = 0;
};

}  // namespace crawlhub::storage_sqlite
