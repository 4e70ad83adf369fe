// A map from texts (ids of jobs and the like) to values, for lookups on the path of a message: a lookup
// touches one slot and one node, in which key and value lie side by side.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crawlhub::inline sdk {

// A hash of some nanoseconds for keys as long as ids. seed: other places for other processes, so that nobody
// can choose keys that meet.
inline std::uint64_t hash_text(std::string_view text, std::uint64_t seed = 0) noexcept {
  constexpr std::uint64_t kMix = 0x9E3779B97F4A7C15u;
  const auto load = [](const char* p, std::size_t n) noexcept {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, p, n);
    return bytes;
  };
  std::uint64_t hash = seed ^ (text.size() * kMix);
  const auto mix = [&hash](std::uint64_t bytes) noexcept {
    hash = (std::rotl(hash, 25) ^ bytes) * kMix;
    hash ^= hash >> 32;
  };
  const char* p = text.data();
  std::size_t left = text.size();
  for (; left >= 8; p += 8, left -= 8) mix(load(p, 8));
  if (text.size() >= 8) {
    if (left != 0) mix(load(text.data() + text.size() - 8, 8));  // overlaps what was mixed already
  } else if (left >= 4) {
    mix(load(p, 4) << 32 | load(p + left - 4, 4));
  } else if (left > 0) {
    mix(load(p, 1) << 16 | load(p + left / 2, 1) << 8 | load(p + left - 1, 1));
  }
  return hash * kMix;
}

// Open addressing with linear probing over hash and node. Values stay where they are until they are erased.
// Thread: one at a time.
template <class T>
class TextMap {
 public:
  explicit TextMap(std::uint64_t seed = 0) noexcept : seed_(seed) {}

  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  std::uint64_t hash(std::string_view key) const noexcept { return hash_text(key, seed_); }

  // Null where there is none. hash: what hash(key) yields, for those who have it already.
  T* find(std::string_view key) noexcept { return find(key, hash(key)); }
  T* find(std::string_view key, std::uint64_t hash) noexcept {
    if (slots_.empty()) return nullptr;
    for (std::size_t at = home(hash);; at = next(at)) {
      Slot& slot = slots_[at];
      if (!slot.node) return nullptr;
      if (slot.hash == hash && slot.node->is(key)) return &slot.node->value;
    }
  }
  const T* find(std::string_view key) const noexcept { return const_cast<TextMap*>(this)->find(key); }

  // The value of key, made from nothing where there is none. second: whether it was made.
  std::pair<T&, bool> get(std::string_view key) { return get(key, hash(key)); }
  std::pair<T&, bool> get(std::string_view key, std::uint64_t hash) {
    if (T* known = find(key, hash)) return {*known, false};
    if ((size_ + 1) * 4 > slots_.size() * 3) grow();
    std::size_t at = home(hash);
    while (slots_[at].node) at = next(at);
    slots_[at] = {hash, std::make_unique<Node>(key)};
    ++size_;
    return {slots_[at].node->value, true};
  }

  // True where it was there.
  bool erase(std::string_view key) {
    if (slots_.empty()) return false;
    const std::uint64_t hash = this->hash(key);
    for (std::size_t at = home(hash);; at = next(at)) {
      if (!slots_[at].node) return false;
      if (slots_[at].hash != hash || !slots_[at].node->is(key)) continue;
      erase_at(at);
      return true;
    }
  }
  // Erases each for which unwanted(key, value) holds.
  template <class Unwanted>
  void erase_if(Unwanted unwanted) {
    for (std::size_t at = 0; at < slots_.size();) {
      const Node* node = slots_[at].node.get();
      if (node != nullptr && unwanted(node->key(), node->value)) {
        erase_at(at);  // another may have moved here: look again
      } else {
        ++at;
      }
    }
  }
  // visit(key, value); it must not add or erase.
  template <class Visit>
  void for_each(Visit visit) {
    for (Slot& slot : slots_) {
      if (slot.node) visit(slot.node->key(), slot.node->value);
    }
  }
  template <class Visit>
  void for_each(Visit visit) const {
    for (const Slot& slot : slots_) {
      if (slot.node) visit(slot.node->key(), static_cast<const T&>(slot.node->value));
    }
  }

 private:
  // Ids lie in the node itself; longer keys beside it.
  class Node {
   public:
    explicit Node(std::string_view key) : length_(static_cast<std::uint32_t>(key.size())) {
      if (key.size() <= sizeof short_) {
        std::memcpy(short_, key.data(), key.size());
      } else {
        long_ = std::make_unique<char[]>(key.size());
        std::memcpy(long_.get(), key.data(), key.size());
      }
    }
    std::string_view key() const noexcept { return {long_ ? long_.get() : short_, length_}; }
    bool is(std::string_view other) const noexcept { return key() == other; }

   private:
    std::uint32_t length_;
    char short_[44];
    std::unique_ptr<char[]> long_;

   public:
    T value{};
  };
  struct Slot {
    std::uint64_t hash = 0;
    std::unique_ptr<Node> node;
  };

  std::size_t home(std::uint64_t hash) const noexcept { return hash >> shift_; }
  std::size_t next(std::size_t at) const noexcept { return (at + 1) & (slots_.size() - 1); }

  void grow() {
    std::vector<Slot> old(slots_.empty() ? 16 : slots_.size() * 2);
    old.swap(slots_);
    shift_ = static_cast<unsigned>(64 - std::countr_zero(slots_.size()));
    for (Slot& slot : old) {
      if (!slot.node) continue;
      std::size_t at = home(slot.hash);
      while (slots_[at].node) at = next(at);
      slots_[at] = std::move(slot);
    }
  }
  // Closes the gap: what follows moves up, as far as its own place allows.
  void erase_at(std::size_t gap) {
    slots_[gap].node.reset();
    --size_;
    for (std::size_t at = next(gap); slots_[at].node; at = next(at)) {
      const std::size_t distance = (at - home(slots_[at].hash)) & (slots_.size() - 1);
      if (distance < ((at - gap) & (slots_.size() - 1))) continue;
      slots_[gap] = std::move(slots_[at]);
      gap = at;
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
  std::uint64_t seed_;
  unsigned shift_ = 63;
};

}  // namespace crawlhub::inline sdk
