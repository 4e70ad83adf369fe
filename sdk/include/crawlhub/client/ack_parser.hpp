#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace crawlhub::client {

/// What an `ack` says. Views into the line it was read from.
struct AckView {
  std::uint64_t seq = 0;      ///< every message up to this number is done, durable or refused
  std::string_view rejected;  ///< the array of refused ones as JSON text, empty where there are none
};

namespace detail {

/// A forward scan over JSON text that the hub wrote and that is thus well formed; it stops, rather than
/// overruns, where the text is not. No allocation.
class JsonScan {
 public:
  explicit JsonScan(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  bool take(char c) {
    skip_space();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  /// The raw text of a string without its quotes (escapes are left as they are).
  bool string(std::string_view& out) {
    if (!take('"')) return false;
    const char* start = at_;
    while (at_ != end_ && *at_ != '"') at_ += (*at_ == '\\' && at_ + 1 != end_) ? 2 : 1;
    if (at_ >= end_) return false;
    out = {start, static_cast<std::size_t>(at_ - start)};
    ++at_;
    return true;
  }

  bool number(std::uint64_t& out) {
    skip_space();
    const auto [next, error] = std::from_chars(at_, end_, out);
    if (error != std::errc()) return false;
    at_ = next;
    return true;
  }

  /// Passes one value of any kind and hands out its raw text.
  bool value(std::string_view& out) {
    skip_space();
    const char* start = at_;
    int depth = 0;
    std::string_view text;
    do {
      skip_space();
      if (at_ == end_) return false;
      if (*at_ == '"') {
        if (!string(text)) return false;
      } else if (*at_ == '{' || *at_ == '[') {
        ++depth, ++at_;
      } else if (*at_ == '}' || *at_ == ']') {
        --depth, ++at_;
      } else if (depth > 0 && (*at_ == ',' || *at_ == ':')) {
        ++at_;
      } else {
        scalar();
      }
    } while (depth > 0);
    out = {start, static_cast<std::size_t>(at_ - start)};
    return depth == 0 && at_ != start;
  }

 private:
  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
  }
  void scalar() {
    while (at_ != end_ && std::string_view(",:]} \t\r\n").find(*at_) == std::string_view::npos) ++at_;
  }

  const char* at_;
  const char* end_;
};

/// Walks the members of one object: fn(key, scan) must pass the value and return true to go on.
template <class Fn>
bool scan_members(JsonScan& scan, Fn&& fn) {
  if (!scan.take('{')) return false;
  if (scan.take('}')) return true;
  std::string_view key;
  do {
    if (!scan.string(key) || !scan.take(':') || !fn(key, scan)) return false;
  } while (scan.take(','));
  return scan.take('}');
}

}  // namespace detail

/// Reads a line as an ack without parsing it into a tree (some 50 ns).
/// @return nothing where the line is another message. The answer's views live as long as the line.
/// Thread-safe.
inline std::optional<AckView> parse_ack(std::string_view line) {
  if (line.find("\"ack\"") == std::string_view::npos) return std::nullopt;
  AckView ack;
  bool is_ack = false;
  bool has_seq = false;
  std::string_view text;
  const auto data_member = [&](std::string_view key, detail::JsonScan& scan) {
    if (key == "seq") return has_seq = scan.number(ack.seq);
    return scan.value(key == "rejected" ? ack.rejected : text);
  };
  detail::JsonScan scan(line);
  const bool whole = detail::scan_members(scan, [&](std::string_view key, detail::JsonScan& at) {
    if (key == "type") return at.string(text) && (is_ack = text == "ack");
    if (key == "data") return detail::scan_members(at, data_member);
    return at.value(text);
  });
  if (!whole || !is_ack || !has_seq) return std::nullopt;
  if (ack.rejected == "[]") ack.rejected = {};
  return ack;
}

/// Calls fn(seq, text) for each refused message of an ack: its number and its entry as JSON text.
/// Thread-safe.
template <class Fn>
void for_each_rejected(const AckView& ack, Fn&& fn) {
  detail::JsonScan list(ack.rejected);
  if (!list.take('[')) return;
  std::string_view entry;
  do {
    std::uint64_t seq = 0;
    if (!list.value(entry) || !entry.starts_with('{')) return;
    std::string_view other;
    detail::JsonScan members(entry);
    detail::scan_members(members, [&](std::string_view key, detail::JsonScan& at) {
      return key == "seq" ? at.number(seq) : at.value(other);
    });
    fn(seq, entry);
  } while (list.take(','));
}

}  // namespace crawlhub::client
