#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crawlhub {

// The words of a text, separated by single blanks.
std::vector<std::string_view> split_words(std::string_view text);

// "a", "a or b", "a, b or c".
std::string join_words(const std::vector<std::string_view>& words);

// The candidate that somebody who wrote name most likely meant; empty where none is near.
std::string_view nearest_word(std::string_view name, const std::vector<std::string_view>& candidates);

// What to say of a key that is not known: "there is no such key; did you mean interval?", or which there are.
std::string unknown_key(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace crawlhub
