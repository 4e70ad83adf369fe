// Flat bodies: a struct of fixed-width fields, followed by the bytes of its texts (abi/storage_ops.h).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <vector>

#include <crawlhub/abi/storage.h>
#include <crawlhub/str.hpp>

namespace crawlhub::inline sdk {

// A body of the struct T, as it was received. Fields that its sender did not know are zero. A view: lives as
// long as the operation or the result. Thread: any.
template <class T>
class Body {
  static_assert(std::is_trivially_copyable_v<T> && std::is_same_v<decltype(T::struct_size), std::uint32_t>);

 public:
  // data may be null. size: bytes that may be read from it.
  Body(const void* data, std::uint64_t size) noexcept : data_(static_cast<const char*>(data)), size_(size) {
    std::uint32_t sent = 0;
    if (data != nullptr && size >= sizeof sent) std::memcpy(&sent, data, sizeof sent);
    if (sent < sizeof sent || sent > size) {  // no such struct
      size_ = 0;
      own_ = T{};
    } else if (sent < sizeof(T)) {
      own_ = T{};
      std::memcpy(&own_, data, sent);
    } else {
      at_ = static_cast<const T*>(data);
    }
  }
  explicit Body(const crawlhub_op& op) noexcept : Body(op.body, op.body_size) {}
  explicit Body(const crawlhub_result& result) noexcept : Body(result.body, result.body_size) {}
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  // Whether there is a struct at all; where not, all its fields read as zero and its texts as absent.
  bool valid() const noexcept { return size_ != 0; }
  const T* operator->() const noexcept { return at_; }
  const T& operator*() const noexcept { return *at_; }
  // A text of the body; empty where it is absent, or lies outside (a defect of its sender).
  std::string_view text(crawlhub_text place) const noexcept {
    if (place.len == 0 || std::uint64_t{place.offset} + place.len > size_) return {};
    return {data_ + place.offset, place.len};
  }
  std::string_view text(crawlhub_text T::*field) const noexcept { return text(at_->*field); }

 private:
  const char* data_;
  std::uint64_t size_;
  const T* at_ = &own_;
  T own_;  // written only where the sender's struct is shorter than ours
};

// Memory for flat bodies, one after the other, each 8-byte aligned. Growth moves them: keep offsets, not
// pointers. clear() keeps the memory, up to kKeep bytes. Thread: one at a time.
class FlatBuffer {
 public:
  static constexpr std::size_t kKeep = 256 * 1024;

  std::size_t size() const noexcept { return bytes_.size(); }
  char* at(std::size_t offset) noexcept { return bytes_.data() + offset; }
  const char* at(std::size_t offset) const noexcept { return bytes_.data() + offset; }

  // Appends bytes; returns where they begin.
  std::size_t append(std::string_view bytes) {
    const std::size_t offset = bytes_.size();
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return offset;
  }
  // Appends zeroes up to a multiple of 8.
  void align() { bytes_.resize((bytes_.size() + 7) & ~std::size_t{7}); }
  // Appends an aligned T, all zero but for its size; returns where it begins.
  template <class T>
  std::size_t append_struct() {
    align();
    const std::size_t offset = bytes_.size();
    T body{};
    body.struct_size = sizeof(T);
    append({reinterpret_cast<const char*>(&body), sizeof body});
    return offset;
  }
  // Appends a text of the body that begins at body; returns its place in it.
  // Errors: std::length_error where the body would pass 4 GiB.
  crawlhub_text append_text(std::size_t body, std::string_view text) {
    if (text.empty()) return {0, 0};
    if (bytes_.size() - body + text.size() > std::numeric_limits<std::uint32_t>::max()) {
      throw std::length_error("a flat body is longer than 4 GiB");
    }
    const auto offset = static_cast<std::uint32_t>(append(text) - body);
    return {offset, static_cast<std::uint32_t>(text.size())};
  }

  void clear() noexcept {
    bytes_.clear();
    if (bytes_.capacity() > kKeep) std::vector<char>().swap(bytes_);
  }

 private:
  std::vector<char> bytes_;  // operator new aligns it for any struct
};

}  // namespace crawlhub::inline sdk
