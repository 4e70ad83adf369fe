#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace crawlhub::client {

/// Cuts what arrives into lines, each byte looked at once. The hub writes one message a line.
/// Not thread-safe. Usage: read into `space()`, tell `added(n)`, then take lines with `next` until it says
/// false.
class LineReader {
 public:
  static constexpr std::size_t kChunk = 64 * 1024;

  /// @param longest bytes that a line may have; memory never grows past it and one chunk.
  explicit LineReader(std::size_t longest = 64 * 1024 * 1024) : longest_(longest) {}

  /// Room for the next read, never empty unless `too_long()`. Invalidates every line handed out before.
  std::span<char> space() {
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      scanned_ -= begin_;
      begin_ = 0;
    }
    if (buffer_.size() - end_ < kChunk / 2) {
      const std::size_t grown = std::max(kChunk, buffer_.size() * 2);
      buffer_.resize(std::min(grown, longest_ + kChunk));
    }
    return {buffer_.data() + end_, buffer_.size() - end_};
  }

  void added(std::size_t bytes) { end_ += bytes; }

  /// @param line without its newline and a `\r` before it; valid until the next call of `space`.
  /// @return false where no whole line is left. Blank lines are skipped.
  bool next(std::string_view& line) {
    while (scanned_ < end_) {
      const char* from = buffer_.data() + scanned_;
      const auto* newline = static_cast<const char*>(std::memchr(from, '\n', end_ - scanned_));
      if (newline == nullptr) {
        scanned_ = end_;
        return false;
      }
      const char* start = buffer_.data() + begin_;
      line = {start, static_cast<std::size_t>(newline - start)};
      begin_ = scanned_ = static_cast<std::size_t>(newline - buffer_.data()) + 1;
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      if (!line.empty()) return true;
    }
    return false;
  }

  /// True once a line is longer than allowed: the stream cannot be read on.
  bool too_long() const { return end_ - begin_ > longest_; }

 private:
  std::size_t longest_;
  std::vector<char> buffer_;
  // begin_ <= scanned_ <= end_ <= buffer_.size(); no newline lies in [begin_, scanned_) once next() said
  // false.
  std::size_t begin_ = 0;
  std::size_t scanned_ = 0;
  std::size_t end_ = 0;
};

}  // namespace crawlhub::client
