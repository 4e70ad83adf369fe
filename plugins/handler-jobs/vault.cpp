#include "vault.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

namespace crawlhub::jobs {
namespace {

constexpr std::string_view kVersion = "v1:";
constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;

static_assert(Vault::kKeyBytes == crypto_secretbox_KEYBYTES);

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string reason(const std::filesystem::path& file, std::string_view what) {
  return file.string() + ": cannot " + std::string(what) + ": " + std::strerror(errno);
}

// Writes all of text to a new file that nobody else can read. Returns an error's sentence, or nothing.
std::string write_new(const std::filesystem::path& file, std::string_view text) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return reason(file, "make the key file");
  const bool written =
      ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  std::string error = written ? "" : reason(file, "write the key file");
  ::close(fd);
  if (!written) ::unlink(file.c_str());
  return error;
}

}  // namespace

Vault::~Vault() {
  sodium_memzero(key_.data(), key_.size());
}

std::string Vault::seal(std::string_view clear) const {
  std::string box(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + clear.size(), '\0');
  unsigned char* nonce = bytes(box);
  randombytes_buf(nonce, crypto_secretbox_NONCEBYTES);
  crypto_secretbox_easy(nonce + crypto_secretbox_NONCEBYTES, bytes(clear), clear.size(), nonce, key_.data());
  std::string text(sodium_base64_encoded_len(box.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes(box), box.size(), kVariant);
  text.pop_back();  // the terminator
  return std::string(kVersion) + text;
}

std::optional<std::string> Vault::open(std::string_view text) const {
  if (!text.starts_with(kVersion)) return std::nullopt;
  text.remove_prefix(kVersion.size());
  std::string box(text.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(bytes(box), box.size(), text.data(), text.size(), nullptr, &size, nullptr,
                        kVariant) != 0 ||
      size < crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES) {
    return std::nullopt;
  }
  const std::size_t sealed = size - crypto_secretbox_NONCEBYTES;
  std::string clear(sealed - crypto_secretbox_MACBYTES, '\0');
  const unsigned char* nonce = bytes(box);
  if (crypto_secretbox_open_easy(bytes(clear), nonce + crypto_secretbox_NONCEBYTES, sealed, nonce,
                                 key_.data()) != 0) {
    return std::nullopt;
  }
  return clear;
}

KeyOrError parse_key(std::string_view text) {
  text = trimmed(text);
  Vault::Key key{};
  std::size_t size = 0;
  if (sodium_hex2bin(key.data(), key.size(), text.data(), text.size(), nullptr, &size, nullptr) == 0 &&
      size == key.size()) {
    return key;
  }
  if (sodium_base642bin(key.data(), key.size(), text.data(), text.size(), nullptr, &size, nullptr,
                        kVariant) == 0 &&
      size == key.size()) {
    return key;
  }
  return "expected 32 bytes as 64 hex digits or as base64, got " + std::to_string(text.size()) +
         " characters";
}

KeyOrError read_key_file(const std::filesystem::path& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return reason(file, "read the key file");
  if ((info.st_mode & 077) != 0) return file.string() + ": the key file is open to others; chmod 600 it";
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in.good() && !in.eof()) return reason(file, "read the key file");
  KeyOrError key = parse_key(text);
  if (auto* error = std::get_if<std::string>(&key)) *error = file.string() + ": " + *error;
  return key;
}

KeyOrError make_key_file(const std::filesystem::path& file) {
  Vault::Key key{};
  randombytes_buf(key.data(), key.size());
  std::string text(key.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), key.data(), key.size());
  text.back() = '\n';
  const std::string error = write_new(file, text);
  sodium_memzero(text.data(), text.size());
  if (!error.empty()) return error;
  return key;
}

}  // namespace crawlhub::jobs
