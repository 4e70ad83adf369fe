// Encrypts the tokens of accounts, so that a copy of the database gives none away.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace crawlhub::jobs {

// libsodium's secretbox (XSalsa20-Poly1305), a random nonce for each text. Thread: any, once built.
class Vault {
 public:
  static constexpr std::size_t kKeyBytes = 32;
  using Key = std::array<unsigned char, kKeyBytes>;

  explicit Vault(const Key& key) noexcept : key_(key) {}
  ~Vault();  // wipes the key
  Vault(const Vault&) = delete;
  Vault& operator=(const Vault&) = delete;

  // Printable text that open reads back.
  std::string seal(std::string_view clear) const;
  // Nothing where text was sealed with another key, or was changed since.
  std::optional<std::string> open(std::string_view text) const;

 private:
  Key key_;
};

// A key, or one sentence that says why there is none.
using KeyOrError = std::variant<Vault::Key, std::string>;

// From text: 64 hex digits, or base64 of 32 bytes; white space around it is ignored.
KeyOrError parse_key(std::string_view text);
// From a file of ours, which nobody else may read.
KeyOrError read_key_file(const std::filesystem::path& file);
// Makes a key and a file (0600) that holds it. An existing file is never replaced.
KeyOrError make_key_file(const std::filesystem::path& file);

}  // namespace crawlhub::jobs
