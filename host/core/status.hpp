#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace crawlhub {

// A number of the error catalogue, CRAWLHUB_E_* of <crawlhub/abi/errors.h>; 0 is OK.
using ErrorCode = std::int32_t;

// The outcome of an operation that yields nothing: OK, or a code and a sentence for a person.
class [[nodiscard]] Status {
 public:
  Status() noexcept = default;
  // REQUIRES: code != 0.
  Status(ErrorCode code, std::string text) noexcept : code_(code), text_(std::move(text)) {
    assert(code != 0);
  }

  bool ok() const noexcept { return code_ == 0; }
  explicit operator bool() const noexcept { return ok(); }
  ErrorCode code() const noexcept { return code_; }
  const std::string& text() const& noexcept { return text_; }
  std::string text() && noexcept { return std::move(text_); }

  // The same failure seen from one level up: "loading plugin x: no such file".
  Status within(std::string_view context) && {
    if (!ok()) text_.insert(0, std::string(context) + ": ");
    return std::move(*this);
  }

 private:
  ErrorCode code_ = 0;
  std::string text_;
};

// A value, or the Status that says why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  // REQUIRES: !status.ok().
  Result(Status status) : state_(std::in_place_index<1>, std::move(status)) {  // NOLINT
    assert(!std::get<1>(state_).ok());
  }
  Result(ErrorCode code, std::string text) : Result(Status(code, std::move(text))) {}

  bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  // REQUIRES: ok(), for these four.
  T& value() & noexcept { return *std::get_if<0>(&state_); }
  const T& value() const& noexcept { return *std::get_if<0>(&state_); }
  T value() && noexcept { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & noexcept { return value(); }
  const T& operator*() const& noexcept { return value(); }
  T operator*() && noexcept { return std::move(*this).value(); }
  T* operator->() noexcept { return std::get_if<0>(&state_); }
  const T* operator->() const noexcept { return std::get_if<0>(&state_); }
  template <class U>
  T value_or(U&& other) const& {
    return ok() ? value() : static_cast<T>(std::forward<U>(other));
  }

  // OK where there is a value.
  Status status() const& { return ok() ? Status() : *std::get_if<1>(&state_); }
  Status status() && { return ok() ? Status() : std::move(*std::get_if<1>(&state_)); }
  // REQUIRES: !ok().
  const std::string& error() const noexcept { return std::get_if<1>(&state_)->text(); }
  ErrorCode code() const noexcept { return ok() ? 0 : std::get_if<1>(&state_)->code(); }

 private:
  std::variant<T, Status> state_;
};

}  // namespace crawlhub
