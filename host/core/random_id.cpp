#include "host/core/random_id.hpp"

#include <cerrno>
#include <system_error>

#include <sys/random.h>

namespace crawlhub {

void random_bytes(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
    if (got > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(got));
    } else if (errno != EINTR) {
      // Ids and keys that others could guess are worse than an end.
      throw std::system_error(errno, std::generic_category(), "getrandom");
    }
  }
}

std::string random_id(std::string_view prefix, std::size_t length) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  static_assert(kAlphabet.size() == 64);
  std::string id(prefix.size() + length, '\0');
  prefix.copy(id.data(), prefix.size());
  const std::span<char> tail(id.data() + prefix.size(), length);
  random_bytes(std::as_writable_bytes(tail));
  for (char& c : tail) c = kAlphabet[static_cast<unsigned char>(c) & 63];
  return id;
}

}  // namespace crawlhub
