// Walks over the children of a JSON value one at a time, keeping no list of them: for values nested in a
// message, and for lists too long to index. Where children are looked up by key, or again, use JsonIndex.
#pragma once

#include <string>
#include <string_view>

#include <crawlhub/json_index.hpp>
#include <crawlhub/json_value.hpp>

namespace crawlhub::inline sdk {

// The members of an object, or the elements of a list (then without key), in their order:
//   for (JsonWalk walk(text); walk.next();) use(walk.member());
// Allocates only for a key with escapes. On text that is neither it yields nothing.
// REQUIRES: json is valid, as all is that the host hands over. Lives: what member() yields as long as json,
// its key until the next call of next(). Thread: one at a time.
class JsonWalk {
 public:
  explicit JsonWalk(std::string_view json) noexcept : scan_(json) {
    object_ = scan_.take('{');
    open_ = object_ || scan_.take('[');
  }
  JsonWalk(const JsonWalk&) = delete;  // current_ may point into key_
  JsonWalk& operator=(const JsonWalk&) = delete;

  // Moves to the next child. False at the end.
  bool next() {
    if (!open_ || scan_.take(object_ ? '}' : ']')) return open_ = false;
    if (begun_ && !scan_.take(',')) return open_ = false;
    begun_ = true;
    if (object_) {
      current_.key = str(key(scan_.value()));
      if (!scan_.take(':')) return open_ = false;
    }
    const std::string_view value = scan_.value();
    current_.value = str(value);
    current_.kind = detail::json_kind(value);
    return !value.empty() || (open_ = false);
  }

  Member member() const noexcept { return Member(current_); }
  std::string_view key() const noexcept { return view(current_.key); }

 private:
  std::string_view key(std::string_view quoted) {
    const std::string_view inside =
        quoted.size() < 2 ? std::string_view() : quoted.substr(1, quoted.size() - 2);
    if (inside.find('\\') == std::string_view::npos) return inside;
    key_.clear();
    append_unescaped(key_, inside);
    return key_;
  }

  detail::JsonScan scan_;
  crawlhub_member current_{};
  std::string key_;
  bool object_ = false;
  bool open_ = false;
  bool begun_ = false;
};

// A kind as error texts name it: "a string".
constexpr std::string_view json_kind_name(std::uint32_t kind) noexcept {
  constexpr std::string_view kNames[] = {"nothing",  "null",   "a boolean", "a number",
                                         "a string", "a list", "an object"};
  return kind < std::size(kNames) ? kNames[kind] : kNames[0];
}

}  // namespace crawlhub::inline sdk
