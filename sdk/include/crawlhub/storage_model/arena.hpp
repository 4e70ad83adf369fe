// Memory for what results point to: given out piece by piece, taken back all at once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include <crawlhub/str.hpp>

namespace crawlhub::storage_model {

// Pieces do not move until clear(), which keeps one block for the next time. Thread: one at a time.
class Arena {
 public:
  // 8-byte aligned, uninitialised.
  char* allocate(std::size_t size) {
    size = (size + 7) & ~std::size_t{7};
    if (blocks_.empty() || blocks_.back().size - used_ < size) add_block(std::max(size, kBlock));
    char* piece = blocks_.back().bytes.get() + used_;
    used_ += size;
    return piece;
  }
  crawlhub_str copy(std::string_view text) {
    char* piece = allocate(text.size());
    if (!text.empty()) std::memcpy(piece, text.data(), text.size());
    return {piece, text.size()};
  }
  void clear() noexcept {
    if (blocks_.size() > 1) blocks_.resize(1);
    if (!blocks_.empty() && blocks_.front().size > kBlock) blocks_.clear();
    used_ = 0;
  }

 private:
  static constexpr std::size_t kBlock = 256 * 1024;
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };
  void add_block(std::size_t size) {
    blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
    used_ = 0;
  }

  std::vector<Block> blocks_;
  std::size_t used_ = 0;  // of the last block
};

}  // namespace crawlhub::storage_model
