// Texts that come again and again (entity types, accounts, hubs, crawlers) as small numbers.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace crawlhub::storage_model {

// 0 is the empty text. Numbers hold within one Names, not on disk.
using NameId = std::uint32_t;

// Thread: one at a time.
class Names {
 public:
  Names() { intern(""); }
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  NameId intern(std::string_view text) {
    NameId& recent = recent_[slot(text)];
    if (recent < texts_.size() && texts_[recent] == text) return recent;
    return recent = look_up(text);
  }
  // For names that crawlers choose freely: past kMost different ones all others are one, "other".
  NameId intern_bounded(std::string_view text) {
    if (texts_.size() < kMost) return intern(text);
    const std::optional<NameId> known = find(text);
    return known ? *known : intern("other");
  }
  std::optional<NameId> find(std::string_view text) const {
    const auto found = ids_.find(text);
    if (found == ids_.end()) return std::nullopt;
    return found->second;
  }
  // Lives: as long as this.
  std::string_view text(NameId id) const { return texts_[id]; }
  std::size_t size() const noexcept { return texts_.size(); }

 private:
  static constexpr std::size_t kMost = 20'000;
  static constexpr std::size_t kRecent = 256;

  // Few names are in use at a time: most lookups end at the first comparison.
  static std::size_t slot(std::string_view text) noexcept {
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    const std::size_t part = text.size() < 8 ? text.size() : 8;
    if (part != 0) {
      std::memcpy(&head, text.data(), part);
      std::memcpy(&tail, text.data() + text.size() - part, part);
    }
    return ((head ^ (tail * 31) ^ text.size()) * 0x9E3779B97F4A7C15u) >> 56;
  }
  NameId look_up(std::string_view text) {
    if (const auto known = find(text)) return *known;
    const auto id = static_cast<NameId>(texts_.size());
    ids_.emplace(texts_.emplace_back(text), id);  // a deque does not move its strings
    return id;
  }

  std::deque<std::string> texts_;
  std::unordered_map<std::string_view, NameId> ids_;
  std::array<NameId, kRecent> recent_{};
};

}  // namespace crawlhub::storage_model
