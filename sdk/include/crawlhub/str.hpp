// Text across the ABI: crawlhub_str to std::string_view and back.
//
// All of the C++ layer is in an inline namespace, so that a program may hold it beside the host's own
// classes.
#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <type_traits>

#include <crawlhub/abi/types.h>

namespace crawlhub::inline sdk {

// Lives: as long as what text points to.
constexpr std::string_view view(crawlhub_str text) noexcept {
  return text.len == 0 ? std::string_view() : std::string_view(text.ptr, text.len);
}

// Lives: as long as what text points to. A temporary std::string must outlive the call that gets it.
constexpr crawlhub_str str(std::string_view text) noexcept {
  return {text.data(), text.size()};
}

// Hands text to whoever asked for it, who copies it before the call returns. Thread: of the call that got it.
class Sink {
 public:
  constexpr Sink(crawlhub_sink fn, void* context) noexcept : fn_(fn), context_(context) {}
  void operator()(std::string_view text) const { fn_(context_, str(text)); }

 private:
  crawlhub_sink fn_;
  void* context_;
};

// A crawlhub_sink whose context is a std::string: appends.
inline void append_to_string(void* context, crawlhub_str text) {
  static_cast<std::string*>(context)->append(view(text));
}

namespace detail {

// Text, a character, a bool or a number.
template <class T>
void append_part(std::string& out, const T& part) {
  if constexpr (std::is_same_v<T, bool>) {
    out += part ? "true" : "false";
  } else if constexpr (std::is_same_v<T, char>) {
    out += part;
  } else if constexpr (std::is_arithmetic_v<T>) {
    char buffer[32];
    out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, part).ptr);
  } else {
    out += std::string_view(part);
  }
}

}  // namespace detail

// Joins texts, characters, numbers and bools as they are: join("account ", name, " has ", n, " jobs").
template <class... Parts>
std::string join(const Parts&... parts) {
  std::string text;
  (detail::append_part(text, parts), ...);
  return text;
}

}  // namespace crawlhub::inline sdk
