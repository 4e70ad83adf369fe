#pragma once

#include <cstdint>

namespace crawlhub {

// Where a scan for the end of a JSON object stands: all it needs to go on with the next bytes of the stream,
// however they are cut. Only braces are counted, and only outside strings; whether what lies between is JSON
// is for the parser.
struct ObjectScan {
  std::uint32_t depth = 0;
  bool in_string = false;
  bool escaped = false;  // the next byte follows a backslash that is not itself escaped

  // Scans [from, end), which goes on where the last call stopped; the first call begins at the object's
  // brace. Returns one past the brace that closes the object, or nullptr where it does not close before
  // `end`. Reads no byte outside [from, end).
  const char* find_end(const char* from, const char* end);
};

}  // namespace crawlhub
