#include "host/plugin/elf_check.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sodium/crypto_hash_sha256.h>
#include <sys/stat.h>

#include <crawlhub/abi/errors.h>

#include "host/core/unique_fd.hpp"
#include "host/plugin/elf_image.hpp"

namespace crawlhub {

namespace {

constexpr std::string_view kDescriptorSymbol = "crawlhub_plugin_v1";
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30;

#if defined(__x86_64__)
constexpr std::uint16_t kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr std::uint16_t kMachine = EM_AARCH64;
#else
#error "add this machine's number of elf.h"
#endif

using Bytes = std::vector<std::byte>;

Status bad(std::string text) {
  return {CRAWLHUB_E_BAD_CONFIG, std::move(text)};
}

Status bad_errno(std::string_view what, int number) {
  return bad(std::string(what) + ": " + std::generic_category().message(number));
}

Result<Bytes> read_all(int fd, std::uint64_t size) {
  Bytes bytes(size);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::read(fd, bytes.data() + done, size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return bad_errno("it cannot be read", errno);
    if (n == 0) return bad("it changed while it was read");
    done += static_cast<std::size_t>(n);
  }
  return bytes;
}

Result<Bytes> read_checked(const std::filesystem::path& file) {
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return bad_errno("it cannot be opened", errno);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return bad_errno("it cannot be looked at", errno);
  if (!S_ISREG(info.st_mode)) return bad("it is not a regular file");
  if ((info.st_mode & S_IWOTH) != 0)
    return bad("everybody may write to it: chmod o-w it, then check what it is");
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size > kMostBytes) return bad("it is larger than 1 GiB");
  return read_all(fd.get(), size);
}

std::string sha256_of(std::span<const std::byte> bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  std::string text;
  for (const unsigned char byte : hash) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

bool same_hash(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

Status check_header(const ElfImage& image) {
  const auto header = image.header();
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return bad("it is not an ELF file");
  if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_machine != kMachine) {
    return bad("it was built for another machine");
  }
  if (header->e_type != ET_DYN) return bad("it is not a shared object");
  return {};
}

Status check_segments(const ElfImage& image) {
  const auto segments = image.segments();
  if (!segments) return bad("it is cut short: its program headers are not whole");
  bool stack_declared = false;
  for (const Elf64_Phdr& segment : *segments) {
    if (segment.p_type == PT_LOAD && !image.contains(segment.p_offset, segment.p_filesz)) {
      return bad("it is cut short: a segment is not whole");
    }
    if (segment.p_type == PT_GNU_STACK) stack_declared = (segment.p_flags & PF_X) == 0;
  }
  // Without the header the loader makes the stack executable, too.
  return stack_declared ? Status() : bad("it demands an executable stack: link it with -z noexecstack");
}

bool exported(const Elf64_Sym& symbol) {
  const unsigned char binding = ELF64_ST_BIND(symbol.st_info);
  const unsigned char visibility = ELF64_ST_VISIBILITY(symbol.st_other);
  return symbol.st_shndx != SHN_UNDEF && binding != STB_LOCAL &&
         (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

Status check_exports(const std::vector<std::string_view>& names) {
  if (std::ranges::find(names, kDescriptorSymbol) == names.end()) {
    return bad("it is no plugin: it does not export " + std::string(kDescriptorSymbol));
  }
  for (const std::string_view name : names) {
    if (name == kDescriptorSymbol) continue;
    return bad("it exports " + std::string(name) + " beside " + std::string(kDescriptorSymbol) +
               (names.size() > 2 ? " and " + std::to_string(names.size() - 2) + " more" : "") +
               ": build it with crawlhub_add_plugin");
  }
  return {};
}

Status check_symbols(const ElfImage& image, const std::vector<Elf64_Shdr>& sections) {
  std::vector<std::string_view> names;
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type != SHT_DYNSYM) continue;
    const auto symbols = image.entries<Elf64_Sym>(section);
    if (!symbols || section.sh_link >= sections.size())
      return bad("it is damaged: its symbol table is not whole");
    for (const Elf64_Sym& symbol : *symbols) {
      if (!exported(symbol)) continue;
      const auto name = image.text(sections[section.sh_link], symbol.st_name);
      if (!name) return bad("it is damaged: a symbol's name is not whole");
      names.push_back(*name);
    }
  }
  return check_exports(names);
}

Status check_dynamic(const ElfImage& image, const std::vector<Elf64_Shdr>& sections) {
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type != SHT_DYNAMIC) continue;
    const auto entries = image.entries<Elf64_Dyn>(section);
    if (!entries) return bad("it is damaged: its dynamic section is not whole");
    for (const Elf64_Dyn& entry : *entries) {
      if (entry.d_tag == DT_RPATH) return bad("it has an RPATH, which would load libraries from elsewhere");
    }
  }
  return {};
}

}  // namespace

Result<std::string> check_plugin_file(const std::filesystem::path& file, std::string_view sha256) {
  const Result<Bytes> bytes = read_checked(file);
  if (!bytes) return bytes.status();
  std::string found = sha256_of(*bytes);
  if (!sha256.empty() && !same_hash(sha256, found)) {
    return bad("its SHA-256 is " + found + ", the configuration demands " + std::string(sha256));
  }
  const ElfImage image(*bytes);
  if (Status status = check_header(image); !status) return status;
  if (Status status = check_segments(image); !status) return status;
  const auto sections = image.sections();
  if (!sections) return bad("it is cut short: its section headers are not whole");
  if (Status status = check_symbols(image, *sections); !status) return status;
  if (Status status = check_dynamic(image, *sections); !status) return status;
  return found;
}

}  // namespace crawlhub
