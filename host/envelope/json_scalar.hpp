#pragma once

#include <string_view>

namespace crawlhub {

// Whether `text` is one JSON number, whole, that a double holds (too small a one counts as zero).
bool is_json_number(std::string_view text);

// The first byte of `content`, what stands between a string's quotes, that begins a bad escape; nullptr where
// all are good. Half of a surrogate pair is bad: it stands for no character.
const char* find_bad_escape(std::string_view content);

// Writes the characters that `content` stands for to `out`, which has room for content.size() bytes. Returns
// the end. REQUIRES: find_bad_escape(content) == nullptr.
char* unescape(std::string_view content, char* out);

}  // namespace crawlhub
