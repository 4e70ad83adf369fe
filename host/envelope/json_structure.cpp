#include "host/envelope/json_structure.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <new>
#include <string>
#include <utility>

#include <simdjson.h>

namespace crawlhub {
namespace {

// Four bytes of index for each byte of text: what a large message needed is given back with the next small
// one.
constexpr std::size_t kUsualCapacity = std::size_t{64} << 10;
constexpr std::size_t kKeptCapacity = std::size_t{1} << 20;

// simdjson says only that the text is not UTF-8, not where.
std::size_t find_bad_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    const std::string_view character = text.substr(at, length);
    if (character.size() < length || !simdjson::validate_utf8(character.data(), length)) return at;
    at += length;
  }
  return at;
}

// Where the string that never ends begins, or else the first control character in a string.
std::size_t find_bad_string(std::string_view text, bool unclosed) {
  std::size_t opened = 0;
  bool inside = false;
  bool escaped = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!unclosed && inside && static_cast<unsigned char>(text[at]) < 0x20) return at;
    if (text[at] == '"' && !escaped) {
      inside = !inside;
      opened = at;
    }
    escaped = text[at] == '\\' && !escaped;
  }
  return opened;
}

ParseError refuse(std::size_t offset, std::string reason) {
  return {.code = CRAWLHUB_E_NOT_JSON, .offset = offset, .reason = std::move(reason)};
}

ParseError explain(simdjson::error_code code, std::string_view text) {
  switch (code) {
    case simdjson::EMPTY:
      return refuse(0, "expected JSON, found nothing");
    case simdjson::UTF8_ERROR:
      return refuse(find_bad_utf8(text), "this byte is not UTF-8");
    case simdjson::UNESCAPED_CHARS:
      return refuse(find_bad_string(text, false), "a control character in a string must be escaped");
    case simdjson::UNCLOSED_STRING:
      return refuse(find_bad_string(text, true), "this string never ends");
    default:
      return refuse(0, simdjson::error_message(code));
  }
}

}  // namespace

struct JsonStructure::Library {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
};

JsonStructure::JsonStructure() : library_(std::make_unique<Library>()) {
  // The depth is the second pass's to check; simdjson's own second pass is never run.
  const auto code = simdjson::get_active_implementation()->create_dom_parser_implementation(kUsualCapacity, 1,
                                                                                            library_->parser);
  if (code != simdjson::SUCCESS) throw std::bad_alloc();
}

JsonStructure::~JsonStructure() = default;

bool JsonStructure::reserve(std::size_t size) {
  const std::size_t capacity = library_->parser->capacity();
  if (size > capacity) return library_->parser->set_capacity(std::bit_ceil(size)) == simdjson::SUCCESS;
  if (capacity > kKeptCapacity && size <= kUsualCapacity) {
    return library_->parser->set_capacity(kUsualCapacity) == simdjson::SUCCESS;
  }
  return true;
}

bool JsonStructure::index(std::string_view text, ParseError& error) {
  if (!reserve(text.size())) {
    error = refuse(0, "no memory to parse a text of this size");
    return false;
  }
  const auto code = library_->parser->stage1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                                             simdjson::stage1_mode::regular);
  if (code != simdjson::SUCCESS) {
    error = explain(code, text);
    return false;
  }
  // simdjson leaves room for this and more.
  library_->parser->structural_indexes[library_->parser->n_structural_indexes] =
      static_cast<std::uint32_t>(text.size());
  return true;
}

std::span<const std::uint32_t> JsonStructure::positions() const {
  return {library_->parser->structural_indexes.get(), library_->parser->n_structural_indexes};
}

}  // namespace crawlhub
