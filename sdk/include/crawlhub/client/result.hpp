#pragma once

#include <string>
#include <utility>
#include <variant>

namespace crawlhub::client {

/// Why something could not be done: one sentence for a person, without a full stop.
struct Failure {
  std::string text;
};

/// A value, or the reason why there is none. Expected errors of this library are values; it throws nothing of
/// its own.
/// A program with more to say about a failure gives its own type, with a member `text`.
template <class T, class F = Failure>
class Result {
 public:
  Result(T value) : content_(std::move(value)) {}
  Result(F failure) : content_(std::move(failure)) {}

  explicit operator bool() const { return std::holds_alternative<T>(content_); }

  /// Requires that the result holds a value.
  T& operator*() { return std::get<T>(content_); }
  const T& operator*() const { return std::get<T>(content_); }
  T* operator->() { return &std::get<T>(content_); }
  const T* operator->() const { return &std::get<T>(content_); }

  /// Requires that the result holds no value.
  const F& failure() const { return std::get<F>(content_); }
  const std::string& error() const { return failure().text; }

 private:
  std::variant<T, F> content_;
};

}  // namespace crawlhub::client
