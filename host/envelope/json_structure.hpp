#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "host/envelope/parse_error.hpp"

namespace crawlhub {

// The first pass over a JSON text, simdjson's: it finds where every brace, bracket, colon, comma, string and
// bare word begins, and proves that the text is UTF-8, that its strings end, and that they hold no control
// character. Thread: one.
class JsonStructure {
 public:
  JsonStructure();
  ~JsonStructure();

  // False with `error` filled.
  [[nodiscard]] bool index(std::string_view text, ParseError& error);

  // Offsets into the text, ascending. Between two of them lies at most the rest of one string or word, and
  // white space. One more may be read past the end: the size of the text. Lives: until the next index().
  std::span<const std::uint32_t> positions() const;

 private:
  struct Library;  // what simdjson owns
  bool reserve(std::size_t size);

  std::unique_ptr<Library> library_;
};

}  // namespace crawlhub
