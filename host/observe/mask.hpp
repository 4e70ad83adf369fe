#pragma once

#include <string>
#include <string_view>

namespace crawlhub {

inline constexpr std::string_view kMasked = "***";

// Whether a value under this key is a secret: token, access_token, accessToken, PRIVATE-TOKEN, password,
// secret, authorization, cookie, api_key and their like. Case, "-" and "_" do not matter.
bool is_secret_key(std::string_view key) noexcept;

// Replaces the secrets in text by "***": values of secret keys (JSON, also escaped within a string;
// key=value; headers), Bearer and Basic credentials, passwords in URLs, and tokens known by their form
// (glpat-..., ghp_..., JSON Web Tokens). Rather hides a word too much than one too few. Returns: false where
// there was nothing to hide; out is then untouched, and text may be used as it is.
bool mask_secrets(std::string_view text, std::string& out);
std::string mask_secrets(std::string_view text);

}  // namespace crawlhub
