// Finds a key among a few known ones with one hash and one comparison: for the members of a message's data.
// Thread: building is not shared; find is const and safe from any thread.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crawlhub::inline sdk {

// Whether key, known to be as long as name, is name: a comparison of numbers, in a switch over key.size().
template <std::size_t N>
bool spells(std::string_view key, const char (&name)[N]) noexcept {
  return std::memcmp(key.data(), name, N - 1) == 0;
}

// A perfect hash: building looks for a seed under which no two keys meet. Keys are copied. A lookup compares
// numbers made of the key's head, tail and length; only a key of more than 16 bytes is compared byte by byte.
class KeyTable {
 public:
  KeyTable() = default;
  explicit KeyTable(std::span<const std::string_view> keys) : keys_(keys.begin(), keys.end()) { build(); }
  explicit KeyTable(std::vector<std::string> keys) : keys_(std::move(keys)) { build(); }

  // Position of key among the keys given, or -1.
  int find(std::string_view key) const noexcept {
    if (slots_.empty()) return scan(key);
    const Ends ends(key);
    const Slot& slot = slots_[place(ends)];
    if (slot.ends != ends) return -1;
    return key.size() <= 16 || keys_[static_cast<std::size_t>(slot.at)] == key ? slot.at : -1;
  }
  bool contains(std::string_view key) const noexcept { return find(key) >= 0; }
  const std::string& operator[](std::size_t at) const noexcept { return keys_[at]; }
  std::size_t size() const noexcept { return keys_.size(); }

 private:
  static constexpr std::uint64_t kMix = 0x9E3779B97F4A7C15u;
  static constexpr int kTries = 4096;

  // Tells keys of up to 16 bytes apart, and most longer ones.
  struct Ends {
    std::uint64_t head = 0, tail = 0, length = ~std::uint64_t{0};

    Ends() = default;
    explicit Ends(std::string_view key) noexcept : length(key.size()) {
      const char* p = key.data();
      const std::size_t n = key.size();
      if (n >= 8) {
        head = load<std::uint64_t>(p);
        tail = load<std::uint64_t>(p + n - 8);
      } else if (n >= 4) {
        head = load<std::uint32_t>(p);
        tail = load<std::uint32_t>(p + n - 4);
      } else if (n > 0) {
        head = load<std::uint8_t>(p);
        tail = load<std::uint8_t>(p + n / 2) << 8 | load<std::uint8_t>(p + n - 1);
      }
    }
    bool operator==(const Ends&) const = default;
  };
  struct Slot {
    Ends ends;
    int at = -1;
  };

  template <class T>
  static std::uint64_t load(const char* p) noexcept {
    T bytes;
    std::memcpy(&bytes, p, sizeof bytes);
    return bytes;
  }

  std::size_t place(const Ends& ends) const noexcept {
    return ((ends.head * 31 ^ std::rotl(ends.tail, 29) ^ ends.length ^ seed_) * kMix) >> shift_;
  }
  int scan(std::string_view key) const noexcept {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i] == key) return static_cast<int>(i);
    }
    return -1;
  }

  // Where no seed is found (keys that differ in their middle only, or stand twice), find looks at each.
  void build() {
    const std::size_t least = std::bit_ceil(keys_.size() * 4 + 1);
    for (std::size_t width = least; width <= least * 8; width *= 2) {
      shift_ = static_cast<unsigned>(64 - std::countr_zero(width));
      for (int i = 0; i < kTries; ++i) {
        seed_ = static_cast<std::uint64_t>(i) * kMix;
        if (fill(width)) return;
      }
    }
    slots_.clear();
  }
  bool fill(std::size_t width) {
    slots_.assign(width, Slot());
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      const Ends ends(keys_[i]);
      Slot& slot = slots_[place(ends)];
      if (slot.at >= 0) return false;
      slot = {ends, static_cast<int>(i)};
    }
    return true;
  }

  std::vector<std::string> keys_;
  std::vector<Slot> slots_;
  std::uint64_t seed_ = 0;
  unsigned shift_ = 63;
};

}  // namespace crawlhub::inline sdk
