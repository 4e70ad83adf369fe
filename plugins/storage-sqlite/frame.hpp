// The bytes of the journal: frames, one a batch, each made of records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace crawlhub::storage_sqlite {

// Of bytes, for telling a frame that was cut short by a crash from a whole one. seed: of the file, so that
// what an earlier use of the file left behind is never taken for its own.
std::uint64_t checksum(std::uint64_t seed, std::string_view bytes) noexcept;

struct FrameHead {
  static constexpr std::uint32_t kMagic = 0x46484A43;

  std::uint32_t magic;
  std::uint32_t size;  // bytes of records after the head, a multiple of 8
  std::uint64_t batch;
  std::uint64_t first_record;  // the records of a frame are numbered from here
  std::uint64_t records;
  std::uint64_t sum;  // of the fields before and of the records
};

enum class RecordKind : std::uint32_t {
  kProgress = 1,   // progress of a job, as it was told
  kJob = 2,        // a job as it is after a transition
  kOperation = 3,  // an operation that can be done again: accounts, areas, entities, errors
};

struct RecordHead {
  std::uint32_t size;  // with this head, a multiple of 8
  RecordKind kind;
};

// A frame being built, in memory that is used again. Records are begun, written and ended one at a time.
class FrameWriter {
 public:
  FrameWriter() { allocate(kStart); }

  void clear() noexcept {
    if (capacity_ > kKeep) allocate(kStart);
    size_ = sizeof(FrameHead);
    records_ = 0;
  }
  bool empty() const noexcept { return records_ == 0; }
  std::uint64_t records() const noexcept { return records_; }

  void begin(RecordKind kind) {
    record_ = size_;
    put(RecordHead{0, kind});
  }
  void end() noexcept {
    const std::size_t padded = (size_ + 7) & ~std::size_t{7};
    reserve(padded - size_);
    std::memset(bytes_.get() + size_, 0, padded - size_);
    size_ = padded;
    const auto length = static_cast<std::uint32_t>(size_ - record_);
    std::memcpy(bytes_.get() + record_, &length, sizeof length);
    ++records_;
  }
  template <class T>
  void put(const T& plain) {
    reserve(sizeof plain);
    std::memcpy(bytes_.get() + size_, &plain, sizeof plain);
    size_ += sizeof plain;
  }
  void put_text(std::string_view text) {
    put(static_cast<std::uint32_t>(text.size()));
    put_bytes(text);
  }
  void put_bytes(std::string_view text) {
    reserve(text.size());
    if (!text.empty()) std::memcpy(bytes_.get() + size_, text.data(), text.size());
    size_ += text.size();
  }

  // Completes the head; the whole frame. Lives: until it is changed.
  std::string_view finish(std::uint64_t seed, std::uint64_t batch, std::uint64_t first_record) noexcept;

 private:
  static constexpr std::size_t kStart = 256 * 1024;
  static constexpr std::size_t kKeep = 8 * 1024 * 1024;

  void allocate(std::size_t capacity) {
    bytes_ = std::make_unique_for_overwrite<char[]>(capacity);
    capacity_ = capacity;
  }
  void reserve(std::size_t more) {
    if (size_ + more > capacity_) grow(size_ + more);
  }
  void grow(std::size_t needed);

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = sizeof(FrameHead), capacity_ = 0;
  std::size_t record_ = 0;  // where the record being written begins
  std::uint64_t records_ = 0;
};

// Reads a record back. What lies outside reads as zero or empty: a frame whose checksum is right has no such
// record.
class RecordReader {
 public:
  explicit RecordReader(std::string_view bytes) noexcept : rest_(bytes) {}
  template <class T>
  T get() noexcept {
    T plain{};
    if (rest_.size() < sizeof plain) {
      rest_ = {};
      return plain;
    }
    std::memcpy(&plain, rest_.data(), sizeof plain);
    rest_.remove_prefix(sizeof plain);
    return plain;
  }
  std::string_view get_text() noexcept { return get_bytes(get<std::uint32_t>()); }
  std::string_view get_bytes(std::size_t size) noexcept {
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(text.size());
    return text;
  }

 private:
  std::string_view rest_;
};

// A whole frame that was read back.
struct Frame {
  FrameHead head;
  std::string_view records;
};

// The frame at the start of bytes, where there is a whole one of this seed.
bool read_frame(std::string_view bytes, std::uint64_t seed, Frame& frame) noexcept;

}  // namespace crawlhub::storage_sqlite
