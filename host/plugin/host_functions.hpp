// What the files of the host table share. Every function here that a plugin calls is noexcept: nothing is
// thrown into a plugin.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include <crawlhub/abi/host.h>

#include "host/plugin/call_scope.hpp"
#include "host/plugin/host_table.hpp"
#include "host/plugin/instance.hpp"

namespace crawlhub::host_functions {

// Each fills in its part of the table.
void fill_registration(crawlhub_host& table);
void fill_calls(crawlhub_host& table);
void fill_waiting(crawlhub_host& table);
void fill_anywhere(crawlhub_host& table);

inline const HostTable* table_of(const crawlhub_host* host) {
  return reinterpret_cast<const HostTable*>(host);
}

inline bool valid(crawlhub_str text) {
  return text.ptr != nullptr || text.len == 0;
}
inline std::string_view view(crawlhub_str text) {
  return text.ptr == nullptr ? std::string_view() : std::string_view(text.ptr, text.len);
}
inline crawlhub_str str(std::string_view text) {
  return {text.data(), text.size()};
}

// Whether the operations keep the rules of storage.h.
bool valid(const crawlhub_op* ops, std::uint64_t count);

// Copies as much of a plugin's struct as its sender filled; nothing where the pointer is null or the size
// none.
template <class T>
std::optional<T> copy_struct(const T* from) {
  if (from == nullptr || from->struct_size < sizeof(std::uint32_t)) return std::nullopt;
  T to{};
  std::memcpy(&to, from, std::min<std::size_t>(from->struct_size, sizeof to));
  return to;
}

// Runs fn; a status instead of an exception.
template <class Fn>
crawlhub_status guarded(Fn fn) noexcept {
  try {
    return fn();
  } catch (...) {
    return CRAWLHUB_FAILED;
  }
}

// Whether this thread may call the function now; else it is logged with its name. In release builds always
// true.
bool on_call(const crawlhub_call* call, const char* function) noexcept;
bool may_wait(const HostTable& host, const char* function) noexcept;

}  // namespace crawlhub::host_functions
