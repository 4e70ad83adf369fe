#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "host/envelope/envelope_parser.hpp"
#include "host/framing/framer.hpp"

namespace crawlhub {

inline std::string_view view(crawlhub_str text) {
  return {text.ptr, text.len};
}

// A text as it lies in a read buffer: followed by other bytes, which must not change what is read, and then
// by nothing.
class Buffer {
 public:
  explicit Buffer(std::string_view text, char filling = '}')
      : bytes_(std::make_unique<char[]>(text.size() + kTextPadding)), size_(text.size()) {
    std::memcpy(bytes_.get(), text.data(), size_);
    std::memset(bytes_.get() + size_, filling, kTextPadding);
  }

  std::string_view text() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

// One message and what its views refer to.
class Parsed {
 public:
  explicit Parsed(std::string_view text) : buffer_(text), ok_(parser_.parse(buffer_.text(), message_)) {}

  bool ok() const { return ok_; }
  std::string why() const { return ok_ ? "accepted" : parser_.error().text(); }
  const ParseError& error() const { return parser_.error(); }
  const crawlhub_message& operator*() const { return message_; }
  const crawlhub_message* operator->() const { return &message_; }
  const crawlhub_member& member(std::size_t at) const { return message_.members[at]; }
  const crawlhub_member& extra(std::size_t at) const { return message_.extras[at]; }

 private:
  Buffer buffer_;
  EnvelopeParser parser_;
  crawlhub_message message_{};
  bool ok_;
};

}  // namespace crawlhub
