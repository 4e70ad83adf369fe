// What any peer may send: the bytes of a connection through framing and envelope. Stops where what is yielded
// depends on how the bytes were cut into reads, or where a message is accepted that nlohmann/json does not
// accept.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "host/envelope/envelope_parser.hpp"
#include "host/framing/framer.hpp"

namespace crawlhub {
namespace {

// One read: exactly as large as promised, so that the sanitizer sees a byte too many.
struct Read {
  explicit Read(std::string_view text) : bytes(new char[text.size() + kTextPadding]), size(text.size()) {
    std::memcpy(bytes.get(), text.data(), size);
    std::memset(bytes.get() + size, '{', kTextPadding);
  }
  std::string_view text() const { return {bytes.get(), size}; }

  std::unique_ptr<char[]> bytes;
  std::size_t size;
};

void must(bool condition) {
  if (!condition) std::abort();
}

class Connection {
 public:
  Connection(FramingMode mode, std::size_t limit) : framer_(mode, limit) {}

  void read(std::string_view bytes, bool pause) {
    const Read read(bytes);
    framer_.feed(read.text());
    if (pause) {
      take(framer_.next());
      framer_.keep();
      return;
    }
    drain();
  }

  void drain() {
    while (take(framer_.next())) {
    }
  }

  const std::vector<std::string>& yielded() const { return yielded_; }

 private:
  bool take(const Frame& frame) {
    if (frame.kind == FrameKind::kNone) return false;
    if (frame.kind == FrameKind::kOversized) yielded_.emplace_back("oversized");
    if (frame.kind == FrameKind::kTooLong) yielded_.emplace_back("too long");
    if (frame.kind == FrameKind::kMessage) message(frame.text);
    return true;
  }

  void message(std::string_view text) {
    crawlhub_message message{};
    if (parser_.parse(text, message)) {
      must(text.find('\0') == std::string_view::npos);
      must(nlohmann::json::accept(text.begin(), text.end()));
      yielded_.emplace_back(text);
      return;
    }
    must(parser_.error().offset <= text.size());
    if (framer_.mode() != FramingMode::kAuto) {
      yielded_.emplace_back(text);
      return;
    }
    while (true) {
      const std::string_view piece = next_piece(text);
      if (piece.empty()) break;
      yielded_.emplace_back(piece);
    }
  }

  Framer framer_;
  EnvelopeParser parser_;
  std::vector<std::string> yielded_;
};

void run(std::string_view input) {
  if (input.size() < 4) return;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(input[at]); };
  const auto mode = static_cast<FramingMode>(byte(0) % 3);
  const std::size_t limit = byte(1) < 128 ? 1 + byte(1) : std::size_t{1} << 20;
  const std::size_t step = 1 + byte(2) % 97;
  const bool pauses = byte(3) % 2 == 1;
  input.remove_prefix(4);

  Connection whole(mode, limit);
  whole.read(input, false);
  Connection cut(mode, limit);
  for (std::string_view rest = input; !rest.empty(); rest.remove_prefix(std::min(step, rest.size()))) {
    cut.read(rest.substr(0, step), pauses);
  }
  cut.drain();
  must(whole.yielded() == cut.yielded());
}

}  // namespace
}  // namespace crawlhub

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  crawlhub::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
