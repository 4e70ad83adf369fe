#include "journal_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace crawlhub::storage_sqlite {

namespace {

constexpr std::uint32_t kFormat = 1;
constexpr std::string_view kMagic = "crwljrnl";

struct FileHead {
  char magic[8];
  std::uint32_t format;
  std::uint32_t reserved;
  std::uint64_t generation;
  std::uint64_t sum;  // of the fields before
};

std::uint64_t sum_head(FileHead head) noexcept {
  head.sum = 0;
  return checksum(head.generation, {reinterpret_cast<const char*>(&head), sizeof head});
}

}  // namespace

JournalFile::JournalFile(std::string path) : path_(std::move(path)) {
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd_ < 0) fail("open");
  struct stat status {};
  if (::fstat(fd_, &status) != 0) fail("look at");
  size_ = static_cast<std::uint64_t>(status.st_size);
  read_head();
}

JournalFile::~JournalFile() {
  ::close(fd_);
}

void JournalFile::fail(const char* doing) const {
  const int error = errno;
  throw JournalError(path_ + ": cannot " + doing + " the journal: " + std::strerror(error));
}

// A head that is not whole was being written when the hub ended: nothing after it was told to anybody.
void JournalFile::read_head() {
  FileHead head{};
  position_ = last_ = kFirstFrame;
  if (::pread(fd_, &head, sizeof head, 0) != ssize_t{sizeof head}) return;
  if (std::string_view(head.magic, sizeof head.magic) != kMagic || head.sum != sum_head(head)) return;
  if (head.format != kFormat) {
    throw JournalError(path_ + ": the journal has format " + std::to_string(head.format) +
                       ", and this crawlhub reads format " + std::to_string(kFormat) +
                       ". Start the version that wrote it once and stop it: a clean stop leaves it empty.");
  }
  generation_ = head.generation;
}

void JournalFile::write_at(std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail("write");
    offset += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  size_ = std::max(size_, offset);
}

void JournalFile::begin(std::uint64_t generation) {
  FileHead head{};
  std::memcpy(head.magic, kMagic.data(), sizeof head.magic);
  head.format = kFormat;
  head.generation = generation;
  head.sum = sum_head(head);
  write_at(0, {reinterpret_cast<const char*>(&head), sizeof head});
  generation_ = generation;
  position_ = last_ = kFirstFrame;
}

void JournalFile::append(FrameWriter& frame, std::uint64_t batch, std::uint64_t first_record) {
  const std::string_view bytes = frame.finish(generation_, batch, first_record);
  write_at(position_, bytes);
  last_ = position_;
  position_ += bytes.size();
}

void JournalFile::take_back() {
  constexpr std::array<char, sizeof(FrameHead)> kNothing{};
  position_ = last_;
  write_at(last_, {kNothing.data(), kNothing.size()});
}

void JournalFile::sync() {
  if (::fdatasync(fd_) != 0) fail("flush");
}

bool JournalFile::reserve(std::uint64_t bytes, std::uint64_t limit) {
  static constexpr std::array<char, 64 * 1024> kZeroes{};
  const std::uint64_t end = std::min(size_ + bytes, limit);
  if (size_ >= end) return false;
  while (size_ < end) write_at(size_, {kZeroes.data(), std::min<std::size_t>(kZeroes.size(), end - size_)});
  return true;
}

void JournalFile::replay(const std::function<void(const Frame&)>& take) {
  if (generation_ == 0 || size_ <= kFirstFrame) return;
  void* const map = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd_, 0);
  if (map == MAP_FAILED) fail("read");
  const std::string_view bytes(static_cast<const char*>(map), size_);
  Frame frame{};
  position_ = last_ = kFirstFrame;
  try {
    while (position_ < size_ && read_frame(bytes.substr(position_), generation_, frame)) {
      last_ = position_;
      position_ += sizeof frame.head + frame.head.size;
      take(frame);
    }
  } catch (...) {
    ::munmap(map, size_);
    throw;
  }
  ::munmap(map, size_);
}

}  // namespace crawlhub::storage_sqlite
