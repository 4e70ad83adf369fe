#include "host/framing/framer.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace crawlhub {
namespace {

constexpr std::size_t kTooLongFactor = 4;
constexpr std::size_t kLeastStorage = 512;

constexpr std::array<std::pair<std::string_view, FramingMode>, 3> kModes{{
    {"auto", FramingMode::kAuto},
    {"ndjson", FramingMode::kNdjson},
    {"json-stream", FramingMode::kJsonStream},
}};

bool is_blank(char byte) {
  return byte == ' ' || byte == '\t' || byte == '\r';
}

const char* find(const char* from, const char* end, char wanted) {
  const void* found = from == end ? nullptr : std::memchr(from, wanted, static_cast<std::size_t>(end - from));
  return found == nullptr ? end : static_cast<const char*>(found);
}

std::string_view view(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

// A message begins with a byte that is not blank, so something is always left.
std::string_view without_trailing_blanks(std::string_view text) {
  while (is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<FramingMode> framing_mode(std::string_view name) {
  for (const auto& [known, mode] : kModes) {
    if (name == known) return mode;
  }
  return std::nullopt;
}

std::string_view framing_mode_name(FramingMode mode) {
  return kModes.at(static_cast<std::size_t>(mode)).first;
}

void Framer::feed(std::string_view bytes) {
  if (state_ == State::kClosed || bytes.empty()) return;
  if (window_.at != window_.end) {
    keep();
    const char* start = in_message() ? start_ : window_.at;
    const auto scanned = static_cast<std::size_t>(window_.at - start);
    tail_.begin = static_cast<std::size_t>(start - tail_.bytes.get());
    append(bytes);
    place_window_in_tail(scanned);
    return;
  }
  if (!in_message()) drop_tail();
  window_ = {bytes.data(), bytes.data() + bytes.size(), nullptr};
  window_in_tail_ = false;
  start_ = window_.at;
}

Frame Framer::next() {
  if (state_ == State::kClosed) return {};
  if (too_long_) {
    drop_tail();
    window_ = {};
    state_ = State::kClosed;
    return {FrameKind::kTooLong, {}};
  }
  if (!in_message() && !window_in_tail_) drop_tail();
  while (begin_message()) {
    const char* end = find_end();
    const Frame frame = end != nullptr ? finish(end) : suspend();
    if (frame.kind != FrameKind::kNone) return frame;
    if (too_long_) return next();
  }
  return {};
}

void Framer::keep() {
  if (window_.at == window_.end || window_in_tail_) return;
  if (!in_message()) drop_tail();
  const std::size_t scanned = tail_.size - tail_.begin;
  append(view(window_.at, window_.end));
  place_window_in_tail(scanned);
}

// False where the window has nothing more of a message.
bool Framer::begin_message() {
  if (state_ == State::kBetween) {
    while (window_.at != window_.end && (is_blank(*window_.at) || *window_.at == '\n')) ++window_.at;
  }
  if (window_.at == window_.end) {
    if (!in_message()) drop_tail();
    return false;
  }
  if (state_ != State::kBetween) return true;
  start_ = window_.at;
  before_ = 0;
  if (mode_ == FramingMode::kNdjson) {
    state_ = State::kLine;
  } else if (*start_ == '{') {
    state_ = State::kObject;
    scan_ = {};
  } else {
    state_ = State::kGarbage;
  }
  return true;
}

// The end of the message that has begun, nullptr where it goes on after the window. Moves past what was
// looked at.
const char* Framer::find_end() {
  const char* newline = mode_ == FramingMode::kJsonStream ? window_.end : find_newline();
  const bool line_ends = newline != window_.end;
  // A line that fits needs no scan. One that does not may still hold objects that do.
  const bool whole_line =
      state_ == State::kLine ||
      (line_ends && !skipping_ && fits(before_ + static_cast<std::size_t>(newline - start_), newline));
  if (!whole_line) {
    if (const char* end = scan(newline)) {
      window_.at = end;
      return end;
    }
  }
  window_.at = line_ends ? newline + 1 : newline;
  return line_ends ? newline : nullptr;
}

// Remembered, so that a window of many messages without a newline is searched for one only once.
const char* Framer::find_newline() {
  if (window_.newline == nullptr || window_.newline < window_.at) {
    window_.newline = find(window_.at, window_.end, '\n');
  }
  return window_.newline;
}

const char* Framer::scan(const char* limit) {
  if (state_ == State::kObject) return scan_.find_end(window_.at, limit);
  const char* end = find(window_.at, limit, '{');
  if (mode_ == FramingMode::kJsonStream) end = find(window_.at, end, '\n');
  return end == limit ? nullptr : end;
}

Frame Framer::finish(const char* end) {
  const std::size_t length = before_ + static_cast<std::size_t>(end - start_);
  state_ = State::kBetween;
  if (skipping_ || !fits(length, end)) {
    const Frame frame = judge(length);
    skipping_ = false;
    return frame;
  }
  return {FrameKind::kMessage, without_trailing_blanks(join(end))};
}

// The window is used up in the middle of a message.
Frame Framer::suspend() {
  const std::size_t length = before_ + static_cast<std::size_t>(window_.end - start_);
  Frame frame;
  if (skipping_ || !fits(length, window_.end)) {
    frame = judge(length);
    drop_tail();
  } else if (window_in_tail_) {
    tail_.begin = static_cast<std::size_t>(start_ - tail_.bytes.get());
    window_in_tail_ = false;
  } else {
    append(view(start_, window_.end));
  }
  before_ = length;
  window_ = {};
  start_ = nullptr;
  return frame;
}

// An oversized message is told once, when its length first shows it.
Frame Framer::judge(std::size_t length) {
  too_long_ = length > kTooLongFactor * message_size_;
  const bool told = std::exchange(skipping_, true);
  return {told ? FrameKind::kNone : FrameKind::kOversized, {}};
}

// The whole message, which ends at `end`: in place where it lies in the window whole.
std::string_view Framer::join(const char* end) {
  if (before_ == 0) return view(start_, end);
  append(view(start_, end));
  return {tail_.bytes.get() + tail_.begin, tail_.size - tail_.begin};
}

bool Framer::fits(std::size_t length, const char* end) const {
  if (length <= message_size_) return true;
  if (length > message_size_ + 1 || skipping_) return false;
  return (end != start_ ? end[-1] : tail_.bytes[tail_.size - 1]) == '\r';
}

// Grows by doubling, but not past what one message may have, unless keep() has more to put there.
void Framer::append(std::string_view bytes) {
  const std::size_t needed = tail_.size - tail_.begin + bytes.size() + kTextPadding;
  if (tail_.size + bytes.size() + kTextPadding > tail_.capacity) {
    const std::size_t doubled = std::min(2 * tail_.capacity, message_size_ + 1 + kTextPadding);
    Tail grown;
    grown.capacity = std::max({needed, doubled, kLeastStorage});
    grown.bytes = std::make_unique_for_overwrite<char[]>(grown.capacity);
    grown.size = tail_.size - tail_.begin;
    if (grown.size != 0) std::memcpy(grown.bytes.get(), tail_.bytes.get() + tail_.begin, grown.size);
    tail_ = std::move(grown);
  }
  if (!bytes.empty()) std::memcpy(tail_.bytes.get() + tail_.size, bytes.data(), bytes.size());
  tail_.size += bytes.size();
}

// The message that has begun, or else the input, starts at the tail's beginning; `scanned` bytes of it were
// looked at.
void Framer::place_window_in_tail(std::size_t scanned) {
  start_ = tail_.bytes.get() + tail_.begin;
  window_ = {start_ + scanned, tail_.bytes.get() + tail_.size, nullptr};
  window_in_tail_ = true;
  if (!skipping_) before_ = 0;
}

void Framer::drop_tail() {
  tail_ = {};
  window_in_tail_ = false;
}

std::string_view next_piece(std::string_view& rest) {
  const char* at = rest.data();
  const char* const end = at + rest.size();
  while (at != end && is_blank(*at)) ++at;
  if (at == end) {
    rest = {};
    return {};
  }
  const char* stop = find(at, end, '{');
  if (stop == at) {
    ObjectScan scan;
    const char* closed = scan.find_end(at, end);
    stop = closed != nullptr ? closed : end;
  }
  rest = view(stop, end);
  return without_trailing_blanks(view(at, stop));
}

}  // namespace crawlhub
