// Jobs by id: a flat hash table, since every report of a crawler begins with this lookup.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace crawlhub::storage_model {

// Multiplies and folds, 8 bytes at a time. Not for keys that an enemy chooses to collide: ids are made by the
// hub.
inline std::uint64_t hash_text(std::string_view text) noexcept {
  std::uint64_t hash = text.size() * 0x9E3779B97F4A7C15u;
  const auto mix = [&](std::uint64_t word) {
    hash = (hash ^ word) * 0xBF58476D1CE4E5B9u;
    hash ^= hash >> 32;
  };
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    mix(word);
  }
  std::uint64_t rest = 0;
  if (at < text.size()) std::memcpy(&rest, text.data() + at, text.size() - at);
  mix(rest);
  return hash | 1;  // 0 marks a free slot
}

// J has a std::string id. Linear probing at most half full; a removal shifts back what follows, so that there
// are no tombstones. Owns no job. Thread: one at a time.
template <class J>
class JobTable {
 public:
  JobTable() : slots_(kLeast) {}

  J* find(std::string_view id) const noexcept { return find(id, hash_text(id)); }
  J* find(std::string_view id, std::uint64_t hash) const noexcept {
    for (std::size_t at = hash & mask();; at = (at + 1) & mask()) {
      const Slot& slot = slots_[at];
      if (slot.hash == 0) return nullptr;
      if (slot.hash == hash && slot.job->id == id) return slot.job;
    }
  }
  // Asks the memory for the slot before it is needed.
  void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(&slots_[hash & mask()]); }
  // The first job that find would compare, by hash alone: for prefetching it.
  const J* peek(std::uint64_t hash) const noexcept {
    const Slot& slot = slots_[hash & mask()];
    return slot.hash == hash ? slot.job : nullptr;
  }

  // REQUIRES: no job with that id is in.
  void insert(J* job) {
    if ((count_ + 1) * 2 > slots_.size()) grow();
    place({hash_text(job->id), job});
    ++count_;
  }
  void erase(std::string_view id) noexcept {
    const std::uint64_t hash = hash_text(id);
    std::size_t at = hash & mask();
    while (slots_[at].hash != 0 && !(slots_[at].hash == hash && slots_[at].job->id == id))
      at = (at + 1) & mask();
    if (slots_[at].hash == 0) return;
    --count_;
    close_gap(at);
  }
  std::size_t size() const noexcept { return count_; }
  void clear() {
    slots_.assign(kLeast, {});
    count_ = 0;
  }

 private:
  static constexpr std::size_t kLeast = 1024;  // a power of two, as every size is
  struct Slot {
    std::uint64_t hash = 0;
    J* job = nullptr;
  };

  std::size_t mask() const noexcept { return slots_.size() - 1; }
  void place(Slot slot) noexcept {
    std::size_t at = slot.hash & mask();
    while (slots_[at].hash != 0) at = (at + 1) & mask();
    slots_[at] = slot;
  }
  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.hash != 0) place(slot);
    }
  }
  // A slot may move back into the gap unless its own place lies behind the gap.
  void close_gap(std::size_t gap) noexcept {
    for (std::size_t at = (gap + 1) & mask(); slots_[at].hash != 0; at = (at + 1) & mask()) {
      const std::size_t home = slots_[at].hash & mask();
      if (((at - home) & mask()) < ((at - gap) & mask())) continue;
      slots_[gap] = slots_[at];
      gap = at;
    }
    slots_[gap] = {};
  }

  std::vector<Slot> slots_;
  std::size_t count_ = 0;
};

}  // namespace crawlhub::storage_model
