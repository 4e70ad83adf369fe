// Lists that cross the ABI carry count and stride, since their elements may be longer than this header knows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <type_traits>

#include <crawlhub/abi/types.h>

namespace crawlhub::inline sdk {

// A list of T, stride bytes apart. View is what an element is shown as: T& itself, or a class made from it.
// Owns nothing. Lives: as long as the call that got it.
template <class T, class View = T&>
class Strided {
  using Byte = std::conditional_t<std::is_const_v<T>, const char, char>;

 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = std::remove_cvref_t<View>;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = View;

    constexpr Iterator() noexcept = default;
    constexpr Iterator(Byte* at, std::uint64_t stride) noexcept : at_(at), stride_(stride) {}
    View operator*() const noexcept { return View(*reinterpret_cast<T*>(at_)); }
    Iterator& operator++() noexcept {
      at_ += stride_;
      return *this;
    }
    Iterator operator++(int) noexcept {
      Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const noexcept { return at_ == other.at_; }

   private:
    Byte* at_ = nullptr;
    std::uint64_t stride_ = sizeof(T);
  };

  constexpr Strided() noexcept = default;
  constexpr Strided(T* first, std::uint64_t count, std::uint64_t stride = sizeof(T)) noexcept
      : first_(first), count_(count), stride_(stride) {}

  constexpr std::uint64_t size() const noexcept { return count_; }
  constexpr bool empty() const noexcept { return count_ == 0; }
  // REQUIRES: i < size().
  View operator[](std::uint64_t i) const noexcept {
    return View(*reinterpret_cast<T*>(reinterpret_cast<Byte*>(first_) + i * stride_));
  }
  Iterator begin() const noexcept { return {reinterpret_cast<Byte*>(first_), stride_}; }
  Iterator end() const noexcept { return {reinterpret_cast<Byte*>(first_) + count_ * stride_, stride_}; }

 private:
  T* first_ = nullptr;
  std::uint64_t count_ = 0;
  std::uint64_t stride_ = sizeof(T);
};

}  // namespace crawlhub::inline sdk
