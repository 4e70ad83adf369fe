#include "host/storage/batch.hpp"

namespace crawlhub {

void Batch::add(const crawlhub_op* ops, std::size_t count, void* context) {
  submissions_.push_back(
      {static_cast<std::uint32_t>(ops_.size()), static_cast<std::uint32_t>(count), context});
  for (std::size_t i = 0; i < count; ++i) {
    crawlhub_op op = ops[i];
    op.struct_size = sizeof(op);
    op.key.ptr = bytes_.copy(op.key.ptr, op.key.len);
    op.body = bytes_.copy(op.body, op.body_size);
    op.submission = submissions_.size();
    ops_.push_back(op);
  }
  crawlhub_result none{};
  none.struct_size = sizeof(none);
  results_.resize(ops_.size(), none);
}

void Batch::answer(std::size_t i, const crawlhub_result& result) {
  crawlhub_result& kept = results_[i];
  kept = result;
  if (result.text.len != 0) kept.text.ptr = bytes_.copy(result.text.ptr, result.text.len);
  if (result.body_size != 0) kept.body = bytes_.copy(result.body, result.body_size);
}

void Batch::clear() {
  ops_.clear();
  results_.clear();
  submissions_.clear();
  bytes_.clear();
}

}  // namespace crawlhub
