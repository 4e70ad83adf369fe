#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <elf.h>

namespace crawlhub {

// Reads an ELF64 file that may be damaged: whatever lies outside the bytes is absent. Views live with the
// bytes.
class ElfImage {
 public:
  explicit ElfImage(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::optional<Elf64_Ehdr> header() const { return read<Elf64_Ehdr>(0); }
  // Nothing where the table is not wholly inside the file.
  std::optional<std::vector<Elf64_Phdr>> segments() const;
  std::optional<std::vector<Elf64_Shdr>> sections() const;

  // The entries of a section's table; nothing where it is not wholly inside the file.
  template <class T>
  std::optional<std::vector<T>> entries(const Elf64_Shdr& section) const {
    return table<T>(section.sh_offset, section.sh_size / sizeof(T), sizeof(T));
  }
  // The text at an index of a string table; nothing where it does not end inside it.
  std::optional<std::string_view> text(const Elf64_Shdr& strings, std::uint64_t index) const;

  bool contains(std::uint64_t offset, std::uint64_t size) const {
    return offset <= bytes_.size() && size <= bytes_.size() - offset;
  }

 private:
  template <class T>
  std::optional<T> read(std::uint64_t offset) const {
    if (!contains(offset, sizeof(T))) return std::nullopt;
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }
  template <class T>
  std::optional<std::vector<T>> table(std::uint64_t offset, std::uint64_t count, std::uint64_t stride) const {
    if (stride < sizeof(T) || count > bytes_.size() / stride || !contains(offset, count * stride))
      return std::nullopt;
    std::vector<T> list;
    for (std::uint64_t i = 0; i < count; ++i) list.push_back(*read<T>(offset + i * stride));
    return list;
  }

  std::span<const std::byte> bytes_;
};

}  // namespace crawlhub
