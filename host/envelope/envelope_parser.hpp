#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <crawlhub/abi/message.h>

#include "host/envelope/json_structure.hpp"
#include "host/envelope/parse_error.hpp"

namespace crawlhub {

// Reads messages: one strict pass over the whole text, known members or not, which yields the envelope and an
// index of data's members. Thread: one; each worker has its own. Allocates nothing once it has grown to the
// usual message.
class EnvelopeParser {
 public:
  // Fills `message` but for `route`, `connection` and the plausibility of its time: CRAWLHUB_MESSAGE_TIME
  // says here that the timestamp was readable. Views lie in `text` or in this parser, and live until the next
  // parse(). An optional field that is null counts as absent. False with error() where the text is no
  // message. REQUIRES: kTextPadding readable bytes after the text, for those who read the views.
  [[nodiscard]] bool parse(std::string_view text, crawlhub_message& message);

  // Whether `json` is one JSON value without a raw newline, to be sent as part of a message; false with
  // error(). The views of the last message stay as they are.
  [[nodiscard]] bool check_value(std::string_view json);

  // Why the last call said false.
  const ParseError& error() const { return error_; }

  // What a message's views refer to beside its text; reused by the next message.
  struct Storage {
    std::vector<crawlhub_member> members;
    std::vector<crawlhub_member> extras;
    // Strings without their escapes. As large as the text, so it does not move while there are views into it.
    std::unique_ptr<char[]> unescaped;
    std::size_t unescaped_size = 0;
    std::size_t unescaped_used = 0;
  };

 private:
  JsonStructure structure_;
  Storage storage_;
  ParseError error_;
};

}  // namespace crawlhub
