#include "frame.hpp"

#include <algorithm>
#include <array>

namespace crawlhub::storage_sqlite {

namespace {

constexpr std::uint64_t kPrime = 0x9E3779B97F4A7C15u;

std::uint64_t mix(std::uint64_t sum, std::uint64_t word) noexcept {
  sum = (sum ^ word) * kPrime;
  return sum ^ (sum >> 29);
}

std::uint64_t load(const char* at) noexcept {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

std::uint64_t sum_frame(std::uint64_t seed, FrameHead head, std::string_view records) noexcept {
  head.sum = 0;
  return checksum(checksum(seed, {reinterpret_cast<const char*>(&head), sizeof head}), records);
}

}  // namespace

// Four sums side by side: one alone would wait for its own multiplication at each step.
std::uint64_t checksum(std::uint64_t seed, std::string_view bytes) noexcept {
  std::array<std::uint64_t, 4> sums = {seed, seed + kPrime, ~seed, seed ^ kPrime};
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 32; at += 32, left -= 32) {
    for (std::size_t i = 0; i < 4; ++i) sums[i] = mix(sums[i], load(at + 8 * i));
  }
  for (; left >= 8; at += 8, left -= 8) sums[0] = mix(sums[0], load(at));
  std::uint64_t rest = 0;
  if (left != 0) std::memcpy(&rest, at, left);
  std::uint64_t sum = mix(bytes.size(), rest);
  for (const std::uint64_t part : sums) sum = mix(sum, part);
  return sum;
}

std::string_view FrameWriter::finish(std::uint64_t seed, std::uint64_t batch,
                                     std::uint64_t first_record) noexcept {
  FrameHead head{};
  head.magic = FrameHead::kMagic;
  head.size = static_cast<std::uint32_t>(size_ - sizeof head);
  head.batch = batch;
  head.first_record = first_record;
  head.records = records_;
  head.sum = sum_frame(seed, head, {bytes_.get() + sizeof head, head.size});
  std::memcpy(bytes_.get(), &head, sizeof head);
  return {bytes_.get(), size_};
}

void FrameWriter::grow(std::size_t needed) {
  const std::unique_ptr<char[]> old = std::move(bytes_);
  allocate(std::max(needed, capacity_ * 2));
  std::memcpy(bytes_.get(), old.get(), size_);
}

bool read_frame(std::string_view bytes, std::uint64_t seed, Frame& frame) noexcept {
  FrameHead& head = frame.head;
  if (bytes.size() < sizeof head) return false;
  std::memcpy(&head, bytes.data(), sizeof head);
  if (head.magic != FrameHead::kMagic || head.size > bytes.size() - sizeof head || head.size % 8 != 0)
    return false;
  frame.records = bytes.substr(sizeof head, head.size);
  return head.sum == sum_frame(seed, head, frame.records);
}

}  // namespace crawlhub::storage_sqlite
