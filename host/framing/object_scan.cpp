#include "host/framing/object_scan.hpp"

#include <bit>
#include <cstddef>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace crawlhub {
namespace {

constexpr std::size_t kBlock = 64;

// A bit for each byte of a block of 64, lowest first.
struct Masks {
  std::uint64_t quotes = 0;
  std::uint64_t backslashes = 0;
  std::uint64_t opens = 0;
  std::uint64_t closes = 0;
};

#if defined(__SSE2__)

Masks classify(const char* block) {
  Masks masks;
  const auto bits = [](__m128i bytes, char wanted) {
    return static_cast<std::uint64_t>(
        static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(wanted)))));
  };
  for (unsigned at = 0; at < kBlock; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + at));
    masks.quotes |= bits(bytes, '"') << at;
    masks.backslashes |= bits(bytes, '\\') << at;
    masks.opens |= bits(bytes, '{') << at;
    masks.closes |= bits(bytes, '}') << at;
  }
  return masks;
}

#else

Masks classify(const char* block) {
  Masks masks;
  for (unsigned at = 0; at < kBlock; ++at) {
    masks.quotes |= static_cast<std::uint64_t>(block[at] == '"') << at;
    masks.backslashes |= static_cast<std::uint64_t>(block[at] == '\\') << at;
    masks.opens |= static_cast<std::uint64_t>(block[at] == '{') << at;
    masks.closes |= static_cast<std::uint64_t>(block[at] == '}') << at;
  }
  return masks;
}

#endif

// The bytes that a backslash escapes. `carry` says whether the first byte is one, and then whether the byte
// after the block is. Backslashes are rare, so they are walked one by one.
std::uint64_t escaped_bytes(std::uint64_t backslashes, bool& carry) {
  std::uint64_t escaped = carry ? 1 : 0;
  backslashes &= ~escaped;
  carry = false;
  while (backslashes != 0) {
    const std::uint64_t bit = backslashes & (~backslashes + 1);
    const std::uint64_t next = bit << 1;
    carry = next == 0;
    escaped |= next;
    backslashes &= ~(bit | next);
  }
  return escaped;
}

// From each quote to before the next one: bit n of the result is the parity of the quotes up to and with n.
std::uint64_t inside_quotes(std::uint64_t quotes) {
  for (unsigned shift = 1; shift < kBlock; shift *= 2) quotes ^= quotes << shift;
  return quotes;
}

// The position of the brace that brings `depth` to 0, or kBlock; moves `depth` over the block until there.
unsigned closing_brace(std::uint64_t opens, std::uint64_t closes, std::uint32_t& depth) {
  for (std::uint64_t braces = opens | closes; braces != 0; braces &= braces - 1) {
    const auto at = static_cast<unsigned>(std::countr_zero(braces));
    if ((opens >> at & 1) != 0) {
      ++depth;
    } else if (--depth == 0) {
      return at;
    }
  }
  return kBlock;
}

}  // namespace

const char* ObjectScan::find_end(const char* from, const char* end) {
  char last[kBlock];
  for (; from < end; from += kBlock) {
    const auto left = static_cast<std::size_t>(end - from);
    const char* block = from;
    if (left < kBlock) {
      std::memset(last, ' ', kBlock);
      std::memcpy(last, from, left);
      block = last;
    }
    const Masks masks = classify(block);
    std::uint64_t skipped = escaped ? 1 : 0;
    if ((masks.backslashes | skipped) != 0) skipped = escaped_bytes(masks.backslashes, escaped);
    // In a short block the byte after the last one is filling, and stands for the first byte of the next
    // call.
    if (left < kBlock) escaped = ((skipped >> left) & 1) != 0;
    const std::uint64_t strings =
        inside_quotes(masks.quotes & ~skipped) ^ (in_string ? ~std::uint64_t{0} : std::uint64_t{0});
    const unsigned at = closing_brace(masks.opens & ~strings, masks.closes & ~strings, depth);
    if (at < kBlock) return from + at + 1;
    in_string = (strings >> (kBlock - 1)) != 0;
  }
  return nullptr;
}

}  // namespace crawlhub
