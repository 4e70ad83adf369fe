#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace crawlhub {

// Copies of bytes that stay where they are until clear(), which keeps the memory for the next round.
class Bytes {
 public:
  // 8-byte aligned, as a body of an operation must be.
  const char* copy(const void* from, std::size_t size) {
    if (size == 0) return nullptr;
    char* to = reserve((size + 7) & ~std::size_t{7});
    std::memcpy(to, from, size);
    size_ += size;
    return to;
  }
  std::string_view copy(std::string_view text) { return {copy(text.data(), text.size()), text.size()}; }

  void clear() {
    for (Block& block : blocks_) block.used = 0;
    // Memory of a rare large operation is not kept for good.
    std::erase_if(blocks_, [](const Block& block) { return block.capacity > kBlock; });
    if (blocks_.size() > kKept) blocks_.resize(kKept);
    current_ = 0;
    size_ = 0;
  }

  std::size_t size() const { return size_; }

 private:
  static constexpr std::size_t kBlock = 64 * 1024;
  static constexpr std::size_t kKept = 64;

  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t capacity;
    std::size_t used;
  };

  char* reserve(std::size_t size) {
    while (current_ < blocks_.size() && blocks_[current_].capacity - blocks_[current_].used < size)
      ++current_;
    if (current_ == blocks_.size()) {
      const std::size_t capacity = size > kBlock ? size : kBlock;
      blocks_.push_back({std::make_unique_for_overwrite<char[]>(capacity), capacity, 0});
    }
    Block& block = blocks_[current_];
    char* at = block.bytes.get() + block.used;
    block.used += size;
    return at;
  }

  std::vector<Block> blocks_;
  std::size_t current_ = 0;
  std::size_t size_ = 0;
};

}  // namespace crawlhub
