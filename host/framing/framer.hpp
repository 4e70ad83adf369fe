#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "host/framing/object_scan.hpp"

namespace crawlhub {

// Every text that a framer shows has this many readable bytes after it (their values mean nothing): what a
// SIMD parser may read past the end.
inline constexpr std::size_t kTextPadding = 64;

enum class FramingMode : std::uint8_t {
  kAuto,        // a raw newline always ends a message; between newlines each top-level object is one
  kNdjson,      // a message is a line; nothing else ends it
  kJsonStream,  // each top-level object is a message; newlines are white space
};

// The names that a listener's `framing` takes: auto, ndjson, json-stream.
std::optional<FramingMode> framing_mode(std::string_view name);
std::string_view framing_mode_name(FramingMode mode);

enum class FrameKind : std::uint8_t {
  kNone,       // all input is used up; feed more
  kMessage,    // `text` is one message, or something that is none, for the parser to refuse
  kOversized,  // a message passed the limit; told once, the rest of it is skipped
  kTooLong,    // that message passed four times the limit: close the connection. Nothing follows
};

struct Frame {
  FrameKind kind = FrameKind::kNone;
  std::string_view text;
};

// Cuts one connection's bytes into messages. The bytes are read into a buffer of the caller's, which all its
// connections share: feed() shows them, next() yields messages as views into that buffer where they lie whole
// in it, and only an unfinished tail is kept here. What is yielded does not depend on how the bytes were cut
// into reads, but for this: in kAuto a line that is whole in the buffer is yielded as it is, without a look
// at its braces; where the parser does not take the whole line, next_piece() says what messages it holds.
// Thread: the connection's worker.
class Framer {
 public:
  // A message of more than `message_size` bytes is oversized; the newline does not count, nor a carriage
  // return before it.
  Framer(FramingMode mode, std::size_t message_size) : message_size_(message_size), mode_(mode) {}

  Framer(const Framer&) = delete;
  Framer& operator=(const Framer&) = delete;

  // REQUIRES: kTextPadding readable bytes after `bytes`, all of which stay as they are until next() said
  // kNone or keep() was called. Feeding before that is allowed and costs a copy.
  void feed(std::string_view bytes);

  // The next message. Its text lives until the next call of next(), feed() or keep().
  Frame next();

  // Copies what is not yet yielded: for a connection that must pause while its worker reads others into
  // the buffer. next() goes on from there.
  void keep();

  FramingMode mode() const { return mode_; }

  // Bytes of storage in use: for an unfinished message, or by keep().
  std::size_t held() const { return tail_.capacity; }

  // Whether a message has begun and not ended: at the end of the stream it was cut off.
  bool in_message() const { return state_ != State::kBetween && state_ != State::kClosed; }

 private:
  enum class State : std::uint8_t { kBetween, kGarbage, kObject, kLine, kClosed };

  // Own storage. Either the beginning of an unfinished message, or the window lies in it.
  struct Tail {
    std::unique_ptr<char[]> bytes;
    std::size_t begin = 0;  // of the unfinished message
    std::size_t size = 0;
    std::size_t capacity = 0;
  };

  // The bytes not yet scanned.
  struct Window {
    const char* at = nullptr;
    const char* end = nullptr;
    // The next one, `end` where there is none; not known where it is nullptr or before `at`.
    const char* newline = nullptr;
  };

  bool begin_message();
  const char* find_end();
  const char* find_newline();
  const char* scan(const char* limit);
  Frame finish(const char* end);
  Frame suspend();
  Frame judge(std::size_t length);
  std::string_view join(const char* end);
  bool fits(std::size_t length, const char* end) const;
  void append(std::string_view bytes);
  void place_window_in_tail(std::size_t scanned);
  void drop_tail();

  Window window_;
  Tail tail_;
  const char* start_ = nullptr;  // where the unfinished message begins or goes on in the window
  std::size_t before_ = 0;       // how many of its bytes came before: held in the tail, or skipped
  std::size_t message_size_;
  ObjectScan scan_;
  FramingMode mode_;
  State state_ = State::kBetween;
  bool window_in_tail_ = false;
  bool skipping_ = false;  // the unfinished message is oversized, and that has been told
  bool too_long_ = false;  // ... and past four times the limit
};

// Takes the next message out of a line that holds several: each whole top-level object is one, and so is what
// stands between them. `rest` moves past it. Empty where nothing but blanks is left.
std::string_view next_piece(std::string_view& rest);

}  // namespace crawlhub
