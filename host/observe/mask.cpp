#include "host/observe/mask.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace crawlhub {
namespace {

// Compared without case, "-" and "_", with the end of a key.
constexpr std::array<std::string_view, 11> kSecretEndings = {
    "token",  "password", "passwd",     "passphrase", "secret",       "authorization",
    "cookie", "apikey",   "privatekey", "secretkey",  "encryptionkey"};

constexpr std::size_t kShortestEnding = std::string_view("token").size();

// Tokens that are known by how they begin; what follows is hidden.
constexpr std::array<std::string_view, 15> kTokenBeginnings = {
    "glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-",    "gloas-",
    "ghp_",   "gho_",  "ghs_",  "ghu_",   "xoxb-",  "xoxp-", "github_pat_"};

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
constexpr bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
}
constexpr bool is_word(char c) {
  return is_alphanumeric(c) || c == '_' || c == '-';
}
constexpr bool is_token(char c) {
  return is_word(c) || c == '.' || c == '+' || c == '/' || c == '~' || c == '=';
}
constexpr bool is_space(char c) {
  return c == ' ' || c == '\t';
}
constexpr bool ends_value(char c) {
  return is_space(c) || std::string_view("\r\n\"'\\&,;)}]<>").find(c) != std::string_view::npos;
}

// The bytes at which something secret can be recognised; all others are passed over.
constexpr std::array<bool, 256> kAnchor = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("=: -_J")) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool key_ends_with(std::string_view key, std::string_view ending) noexcept {
  while (!ending.empty()) {
    if (key.empty()) return false;
    const char c = key.back();
    key.remove_suffix(1);
    if (c == '-' || c == '_') continue;
    if (lower(c) != ending.back()) return false;
    ending.remove_suffix(1);
  }
  return true;
}

// Headers whose value is the rest of the line, blanks included.
bool is_header_key(std::string_view key) noexcept {
  return key_ends_with(key, "authorization") || key_ends_with(key, "cookie");
}

// One pass over a text; what is not hidden is copied in whole runs.
class Masking {
 public:
  Masking(std::string_view text, std::string& out) : text_(text), out_(out) {}

  bool run() {
    const char* const begin = text_.data();
    const char* const end = begin + text_.size();
    for (const char* at = begin;;) {
      // The whole of a text without secrets passes through this line.
      while (at != end && !kAnchor[static_cast<unsigned char>(*at)]) ++at;
      if (at == end) break;
      at_ = static_cast<std::size_t>(at - begin);
      at = look() ? begin + at_ : at + 1;
    }
    if (!found_) return false;
    out_.append(text_, copied_, text_.size() - copied_);
    return true;
  }

 private:
  // Whether something was hidden, and at_ moved behind it.
  bool look() {
    switch (text_[at_]) {
      case '=':
        return key_value();
      case ':':
        return text_.substr(at_, 3) == "://" ? url() : key_value();
      case ' ':
        return credentials();
      case 'J':
        return web_token();
      default:
        return known_token();
    }
  }

  bool hide(std::size_t from, std::size_t to) {
    if (from >= to) return false;
    if (!found_) {
      out_.clear();
      found_ = true;
    }
    out_.append(text_, copied_, from - copied_);
    out_ += kMasked;
    copied_ = at_ = to;
    return true;
  }

  std::size_t skip(std::size_t at, bool (*which)(char)) const {
    while (at < text_.size() && which(text_[at])) ++at;
    return at;
  }

  // The word that ends before at, quotes and blanks in between left out.
  std::string_view key_before(std::size_t at) const {
    while (at > 0 && is_space(text_[at - 1])) --at;
    if (at > 0 && (text_[at - 1] == '"' || text_[at - 1] == '\'')) --at;
    if (at > 0 && text_[at - 1] == '\\') --at;
    std::size_t begin = at;
    while (begin > 0 && is_word(text_[begin - 1])) --begin;
    return text_.substr(begin, at - begin);
  }

  // key=value, key: value, "key":"value", and the last as it stands within a JSON string: \"key\":\"value\".
  bool key_value() {
    const std::string_view key = key_before(at_);
    if (!is_secret_key(key)) return false;
    const std::size_t from = skip(at_ + 1, is_space);
    if (from == text_.size()) return false;
    const std::string_view rest = text_.substr(from);
    if (rest.starts_with("\\\"")) return hide(from + 2, std::min(text_.find("\\\"", from + 2), text_.size()));
    if (rest[0] == '"' || rest[0] == '\'') return hide(from + 1, closing_quote(from));
    std::size_t to = from;
    if (is_header_key(key)) {
      while (to < text_.size() && (is_space(text_[to]) || !ends_value(text_[to]))) ++to;
    } else {
      while (to < text_.size() && !ends_value(text_[to])) ++to;
    }
    const std::string_view value = text_.substr(from, to - from);
    if (value == "null" || value == "true" || value == "false" || value == kMasked) return false;
    if (!value.empty() && (value[0] == '{' || value[0] == '[')) return false;
    return hide(from, to);
  }

  std::size_t closing_quote(std::size_t open) const {
    std::size_t at = open + 1;
    while (at < text_.size() && text_[at] != text_[open]) at += text_[at] == '\\' ? 2 : 1;
    return std::min(at, text_.size());
  }

  // scheme://user:password@host
  bool url() {
    const std::size_t begin = at_ + 3;
    std::size_t colon = std::string_view::npos;
    std::size_t end = begin;
    // The last @ before the path ends the password, which may itself hold one.
    std::size_t at_sign = std::string_view::npos;
    for (; end < text_.size() && text_[end] != '/' && !ends_value(text_[end]); ++end) {
      if (text_[end] == ':' && colon == std::string_view::npos) colon = end;
      if (text_[end] == '@') at_sign = end;
    }
    if (colon == std::string_view::npos || at_sign == std::string_view::npos || at_sign < colon) return false;
    return hide(colon + 1, at_sign);
  }

  // "Bearer xyz", "Basic xyz", wherever they stand.
  bool credentials() {
    const std::string_view before = text_.substr(0, at_);
    if (!before.ends_with("Bearer") && !before.ends_with("bearer") && !before.ends_with("Basic"))
      return false;
    const std::size_t from = skip(at_, is_space);
    return hide(from, skip(from, is_token));
  }

  bool web_token() {
    if (at_ < 2 || text_[at_ - 1] != 'y' || text_[at_ - 2] != 'e') return false;
    const std::size_t end = skip(at_, is_token);
    const std::string_view token = text_.substr(at_, end - at_);
    return std::count(token.begin(), token.end(), '.') >= 2 && hide(at_ - 2, end);
  }

  bool known_token() {
    // The last letter of each beginning; most words with a - or _ have another there.
    if (at_ == 0 || std::string_view("tbposu").find(text_[at_ - 1]) == std::string_view::npos) return false;
    const std::string_view before = text_.substr(copied_, at_ + 1 - copied_);
    for (const std::string_view beginning : kTokenBeginnings) {
      if (!before.ends_with(beginning)) continue;
      return hide(at_ + 1, skip(at_ + 1, is_token));
    }
    return false;
  }

  std::string_view text_;
  std::string& out_;
  std::size_t at_ = 0;
  std::size_t copied_ = 0;
  bool found_ = false;
};

}  // namespace

bool is_secret_key(std::string_view key) noexcept {
  if (key.size() < kShortestEnding) return false;
  const char last = lower(key.back());
  return std::any_of(kSecretEndings.begin(), kSecretEndings.end(), [&](std::string_view ending) {
    return ending.back() == last && key_ends_with(key, ending);
  });
}

bool mask_secrets(std::string_view text, std::string& out) {
  return Masking(text, out).run();
}

std::string mask_secrets(std::string_view text) {
  std::string out;
  return mask_secrets(text, out) ? out : std::string(text);
}

}  // namespace crawlhub
