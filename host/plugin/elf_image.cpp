#include "host/plugin/elf_image.hpp"

namespace crawlhub {

std::optional<std::vector<Elf64_Phdr>> ElfImage::segments() const {
  const auto head = header();
  if (!head) return std::nullopt;
  return table<Elf64_Phdr>(head->e_phoff, head->e_phnum, head->e_phentsize);
}

std::optional<std::vector<Elf64_Shdr>> ElfImage::sections() const {
  const auto head = header();
  if (!head) return std::nullopt;
  return table<Elf64_Shdr>(head->e_shoff, head->e_shnum, head->e_shentsize);
}

std::optional<std::string_view> ElfImage::text(const Elf64_Shdr& strings, std::uint64_t index) const {
  if (!contains(strings.sh_offset, strings.sh_size) || index >= strings.sh_size) return std::nullopt;
  const char* const first = reinterpret_cast<const char*>(bytes_.data()) + strings.sh_offset + index;
  const void* const end = std::memchr(first, 0, strings.sh_size - index);
  if (end == nullptr) return std::nullopt;
  return std::string_view(first, static_cast<const char*>(end));
}

}  // namespace crawlhub
