// The C functions through which the host calls member functions of a plugin class. Nothing throws through
// them.
#pragma once

#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include <crawlhub/abi/host.h>
#include <crawlhub/message.hpp>
#include <crawlhub/outcome.hpp>
#include <crawlhub/str.hpp>

namespace crawlhub::inline sdk {

// The root of every plugin class: what the `void* self` of the ABI points to.
class PluginRoot {
 public:
  explicit PluginRoot(const crawlhub_host* table) noexcept : table_(table) {}
  const crawlhub_host* table() const noexcept { return table_; }

 private:
  const crawlhub_host* table_;
};

namespace detail {

// The class that a member function belongs to, or the first parameter's of a free function or lambda.
template <class F>
struct Owner : Owner<decltype(&F::operator())> {};
template <class R, class C, class... A>
struct Owner<R (C::*)(A...)> {
  using type = C;
};
template <class R, class C, class... A>
struct Owner<R (C::*)(A...) const> {
  using type = C;
};
template <class R, class C, class... A>
struct Owner<R (C::*)(A...) noexcept> {
  using type = C;
};
template <class R, class C, class... A>
struct Owner<R (C::*)(A...) const noexcept> {
  using type = C;
};

template <class P>
P& self_as(void* self) noexcept {
  static_assert(std::is_base_of_v<PluginRoot, P>, "the function must be a member of the plugin class");
  return *static_cast<P*>(static_cast<PluginRoot*>(self));
}
template <auto Fn>
auto& self_of(void* self) noexcept {
  return self_as<typename Owner<decltype(Fn)>::type>(self);
}

inline void log_escaped(const crawlhub_host* host, const char* where, const char* what) noexcept {
  try {
    const std::string text = std::string(where) + ": " + what;
    host->log(host, CRAWLHUB_LOG_ERROR, str(text));
  } catch (...) {  // no memory for the text
    host->log(host, CRAWLHUB_LOG_ERROR, str(where));
  }
}

// Runs body; what it throws is logged under where, and failed is returned instead.
template <class R, class Body>
R guard(const crawlhub_host* host, const char* where, R failed, Body body) noexcept {
  try {
    return body();
  } catch (const std::exception& error) {
    log_escaped(host, where, error.what());
  } catch (...) {
    log_escaped(host, where, "threw something that is no std::exception");
  }
  return failed;
}
template <class Body>
void guard(const crawlhub_host* host, const char* where, Body body) noexcept {
  guard(host, where, 0, [&] {
    body();
    return 0;
  });
}

// Runs a continuation; where it throws, its message is refused.
template <class CallT, class Body>
void run_continuation(void* self, crawlhub_call* raw_call, Body body) noexcept {
  const crawlhub_host* host = static_cast<PluginRoot*>(self)->table();
  CallT call(host, raw_call);
  const bool done = guard(host, "a continuation", false, [&] {
    body(call);
    return true;
  });
  if (!done)
    static_cast<void>(call.fail(CRAWLHUB_E_PLUGIN_FAILED, "the plugin failed on a result of the storage"));
}

template <class CallT, auto Fn>
void continuation(void* self, crawlhub_call* call, const crawlhub_result* results, std::uint64_t count,
                  std::uint64_t stride, void*) noexcept {
  run_continuation<CallT>(self, call,
                          [&](CallT& c) { (self_of<Fn>(self).*Fn)(c, Results(results, count, stride)); });
}

template <class CallT, auto Fn, class Value>
void continuation_value(void* self, crawlhub_call* call, const crawlhub_result* results, std::uint64_t count,
                        std::uint64_t stride, void* context) noexcept {
  run_continuation<CallT>(self, call, [&](CallT& c) {
    Value value;
    std::memcpy(&value, &context, sizeof value);
    (self_of<Fn>(self).*Fn)(c, Results(results, count, stride), value);
  });
}

template <class CallT, auto Fn, class T>
void continuation_object(void* self, crawlhub_call* call, const crawlhub_result* results, std::uint64_t count,
                         std::uint64_t stride, void* context) noexcept {
  std::unique_ptr<T> object(static_cast<T*>(context));
  run_continuation<CallT>(self, call, [&](CallT& c) {
    (self_of<Fn>(self).*Fn)(c, Results(results, count, stride), std::move(object));
  });
}

}  // namespace detail

}  // namespace crawlhub::inline sdk
