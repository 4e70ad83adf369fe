#include "host/framing/framer.hpp"

#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace crawlhub {
namespace {

using Yield = std::vector<std::string>;

const std::string kOversizedMark = "<oversized>";
const std::string kTooLongMark = "<too long>";

// A connection as a worker serves it: a read buffer that others overwrite between two reads, and lines split
// into the messages that they hold.
class Connection {
 public:
  explicit Connection(FramingMode mode, std::size_t message_size = 1 << 20) : framer_(mode, message_size) {}

  void read(std::string_view bytes) {
    std::string buffer(bytes);
    buffer.append(kTextPadding, '{');
    framer_.feed({buffer.data(), bytes.size()});
    drain();
    buffer.assign(buffer.size(), '"');
  }

  void drain() {
    for (Frame frame = framer_.next(); frame.kind != FrameKind::kNone; frame = framer_.next()) take(frame);
  }

  // Takes one frame, as a connection does that then has to wait.
  bool take_one() {
    const Frame frame = framer_.next();
    if (frame.kind == FrameKind::kNone) return false;
    take(frame);
    return true;
  }

  Framer& framer() { return framer_; }
  const Yield& yielded() const { return yielded_; }

 private:
  void take(const Frame& frame) {
    if (frame.kind == FrameKind::kOversized) yielded_.push_back(kOversizedMark);
    if (frame.kind == FrameKind::kTooLong) yielded_.push_back(kTooLongMark);
    if (frame.kind != FrameKind::kMessage) return;
    if (framer_.mode() != FramingMode::kAuto) {
      yielded_.emplace_back(frame.text);
      return;
    }
    std::string_view rest = frame.text;
    while (true) {
      const std::string_view piece = next_piece(rest);
      if (piece.empty()) break;
      yielded_.emplace_back(piece);
    }
  }

  Framer framer_;
  Yield yielded_;
};

Yield whole(FramingMode mode, std::string_view stream, std::size_t message_size = 1 << 20) {
  Connection connection(mode, message_size);
  connection.read(stream);
  return connection.yielded();
}

Yield byte_by_byte(FramingMode mode, std::string_view stream, std::size_t message_size) {
  Connection connection(mode, message_size);
  for (std::size_t at = 0; at < stream.size(); ++at) connection.read(stream.substr(at, 1));
  return connection.yielded();
}

// The rules restated in the plainest way: one byte after the other, nothing kept but the message itself.
class Reference {
 public:
  Reference(FramingMode mode, std::size_t limit) : mode_(mode), limit_(limit) {}

  Yield run(std::string_view stream) {
    for (const char byte : stream) {
      if (closed_) break;
      step(byte);
    }
    return yielded_;
  }

 private:
  void step(char byte) {
    const bool ends_line = byte == '\n' && (mode_ != FramingMode::kJsonStream || depth_ == 0);
    if (ends_line) return end();
    if (mode_ != FramingMode::kNdjson && byte == '{' && depth_ == 0) end();
    if (message_.empty() && (byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n')) return;
    message_ += byte;
    if (mode_ != FramingMode::kNdjson) count(byte);
    judge();
  }

  void count(char byte) {
    if (depth_ == 0 && byte != '{') return;
    const bool escaped = escaped_;
    escaped_ = byte == '\\' && !escaped;
    if (byte == '"' && !escaped) in_string_ = !in_string_;
    if (in_string_) return;
    if (byte == '{') ++depth_;
    if (byte == '}' && --depth_ == 0) ends_ = true;
  }

  void judge() {
    const std::size_t allowed = limit_ + (message_.back() == '\r' ? 1 : 0);
    if (message_.size() > allowed && !told_) {
      told_ = true;
      yielded_.push_back(kOversizedMark);
    }
    if (told_ && message_.size() > 4 * limit_) {
      yielded_.push_back(kTooLongMark);
      closed_ = true;
    }
    if (ends_) end();
  }

  void end() {
    while (!message_.empty() &&
           (message_.back() == ' ' || message_.back() == '\t' || message_.back() == '\r')) {
      message_.pop_back();
    }
    if (!message_.empty() && !told_) yielded_.push_back(message_);
    message_.clear();
    told_ = ends_ = in_string_ = escaped_ = false;
    depth_ = 0;
  }

  FramingMode mode_;
  std::size_t limit_;
  std::string message_;
  Yield yielded_;
  int depth_ = 0;
  bool in_string_ = false, escaped_ = false, ends_ = false, told_ = false, closed_ = false;
};

constexpr FramingMode kAllModes[] = {FramingMode::kAuto, FramingMode::kNdjson, FramingMode::kJsonStream};

const std::vector<std::string>& streams() {
  static const std::vector<std::string> all = {
      "{\"type\":\"heartbeat\"}\n{\"type\":\"job_request\",\"data\":{}}\n",
      "{\"a\":1}{\"b\":{\"c\":[{}]}} {\"d\":\"}{\"}",
      "\r\n\n  {\"a\":1}\r\n \t\r\n{\"b\":2}\r\n",
      "{\"a\":\"x\\\\\"}{\"b\":\"\\\"}{\\\\\\\"\"}\n{\"c\":\"\\u007b\"}",
      "hello\n{\"a\":1}\nhello {\"b\":2} and } more {\"c\":3}\n",
      "{\"a\":\n1}\n{\"b\":\"x\ny\"}{\"c\":3}\n",
      "{\"a\":1}}}{\"b\":2}\n[1,2]{\"c\":[{},{}]}]",
      "{\"open\":\"never closed\n{\"a\":1}\n{{{\n{\"b\":2}\n",
      "\\\"{\"a\":1}\\\n\"{\"b\":2}",
      "{\"long\":\"" + std::string(200, '\\') + "\"}{\"n\":\"" + std::string(63, 'x') + "\"}",
      "{\"deep\":" + std::string(70, '{') + std::string(70, '}') + "}{\"z\":0}",
      std::string("{\"nul\":\"\0\"}\n{\"a\":1}\n", 21),
  };
  return all;
}

std::string random_stream(std::mt19937& random, std::size_t size) {
  static constexpr std::string_view kBytes = "{}{}{}\"\"\\\n\r ,a1[]:";
  static const std::string kMessages[] = {"{\"a\":\"}\"}", "{\"b\":{\"c\":\"\\\"{\"}}", "{\"type\":\"x\"}\n",
                                          "x\n"};
  std::string stream;
  while (stream.size() < size) {
    const auto pick = random() % 8;
    if (pick < std::size(kMessages)) {
      stream += kMessages[pick];
    } else {
      stream += kBytes[random() % kBytes.size()];
    }
  }
  return stream;
}

}  // namespace

TEST_CASE("a line is a message, blank lines and carriage returns are not part of any") {
  for (const FramingMode mode : {FramingMode::kAuto, FramingMode::kNdjson}) {
    CHECK(whole(mode, "{\"a\":1}\r\n\r\n\n  \n{\"b\":2}\n") == Yield{"{\"a\":1}", "{\"b\":2}"});
  }
}

TEST_CASE("objects without newlines are messages, braces in strings do not count") {
  for (const FramingMode mode : {FramingMode::kAuto, FramingMode::kJsonStream}) {
    CHECK(whole(mode, "{\"a\":\"}{\\\"}\"}{\"b\":{}}") == Yield{"{\"a\":\"}{\\\"}\"}", "{\"b\":{}}"});
  }
}

TEST_CASE("in ndjson only the newline ends a message") {
  CHECK(whole(FramingMode::kNdjson, "{\"a\":1}{\"b\":2}").empty());
  CHECK(whole(FramingMode::kNdjson, "{\"a\":1}{\"b\":2}\n") == Yield{"{\"a\":1}{\"b\":2}"});
}

TEST_CASE("in json-stream a newline is white space") {
  CHECK(whole(FramingMode::kJsonStream, "{\"a\":\n1}\n{\"b\":\n") == Yield{"{\"a\":\n1}"});
}

TEST_CASE("in auto a raw newline ends a message even in a string") {
  CHECK(whole(FramingMode::kAuto, "{\"a\":\"x\ny\"}\n{\"b\":2}\n") ==
        Yield{"{\"a\":\"x", "y\"}", "{\"b\":2}"});
}

TEST_CASE("what is no object is yielded for the parser to report") {
  for (const FramingMode mode : kAllModes) {
    CHECK(whole(mode, "hello\n{\"a\":1}\n") == Yield{"hello", "{\"a\":1}"});
  }
  CHECK(whole(FramingMode::kAuto, "oops {\"a\":1} oops {\"b\":2}\n") ==
        Yield{"oops", "{\"a\":1}", "oops", "{\"b\":2}"});
}

TEST_CASE("how the bytes are cut changes nothing: every position") {
  for (const FramingMode mode : kAllModes) {
    for (const std::string& stream : streams()) {
      const Yield expected = Reference(mode, 1 << 20).run(stream);
      CAPTURE(framing_mode_name(mode), stream);
      REQUIRE(whole(mode, stream) == expected);
      REQUIRE(byte_by_byte(mode, stream, 1 << 20) == expected);
      for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        Connection connection(mode);
        connection.read(stream.substr(0, cut));
        connection.read(stream.substr(cut));
        REQUIRE(connection.yielded() == expected);
      }
    }
  }
}

TEST_CASE("how the bytes are cut changes nothing: random streams, cuts, pauses and limits") {
  std::mt19937 random(20261126);  // NOLINT: the same run each time
  for (int round = 0; round < 20000; ++round) {
    const FramingMode mode = kAllModes[random() % 3];
    const std::size_t limit = random() % 2 == 0 ? 1 << 20 : 1 + random() % 40;
    const std::string stream = random_stream(random, random() % 400);
    const Yield expected = Reference(mode, limit).run(stream);
    Connection connection(mode, limit);
    std::string_view rest = stream;
    while (!rest.empty()) {
      const std::size_t size = std::min<std::size_t>(rest.size(), 1 + random() % (1 + random() % 200));
      std::string buffer(rest.substr(0, size));
      buffer.append(kTextPadding, '{');
      connection.framer().feed({buffer.data(), size});
      for (auto frames = random() % 4; frames > 0 && connection.take_one(); --frames) {
      }
      if (random() % 2 == 0) {
        connection.framer().keep();
      } else {
        connection.drain();
      }
      buffer.assign(buffer.size(), '"');
      rest.remove_prefix(size);
    }
    connection.drain();
    CAPTURE(round, framing_mode_name(mode), limit, stream);
    REQUIRE(connection.yielded() == expected);
  }
}

TEST_CASE("a message of exactly the limit passes, one byte more is oversized") {
  const std::string exact = "{\"a\":\"xx\"}";
  const std::string longer = "{\"a\":\"xxx\"}";
  for (const FramingMode mode : kAllModes) {
    for (const std::string end : {"\n", "\r\n"}) {
      CHECK(whole(mode, exact + end, exact.size()) == Yield{exact});
      CHECK(byte_by_byte(mode, exact + end, exact.size()) == Yield{exact});
      CHECK(whole(mode, longer + end + exact + end, exact.size()) == Yield{kOversizedMark, exact});
      CHECK(byte_by_byte(mode, longer + end + exact + end, exact.size()) == Yield{kOversizedMark, exact});
    }
  }
}

TEST_CASE("an oversized message is told once and skipped without being held, to the newline or to balance") {
  const std::string filling(3000, 'x');
  for (const FramingMode mode : kAllModes) {
    Connection connection(mode, 1000);
    connection.read("{\"a\":\"");
    for (int part = 0; part < 3; ++part) connection.read(filling.substr(0, 1000));
    CHECK(connection.yielded() == Yield{kOversizedMark});
    CHECK(connection.framer().held() == 0);
    CHECK(connection.framer().in_message());
    connection.read("\"}\n{\"b\":1}\n");
    CHECK(connection.yielded() == Yield{kOversizedMark, "{\"b\":1}"});
  }
  CHECK(whole(FramingMode::kAuto, "{\"a\":\"" + filling + "\"}{\"b\":1}", 1000) ==
        Yield{kOversizedMark, "{\"b\":1}"});
}

TEST_CASE("a long line of short objects is no long message") {
  std::string line;
  Yield expected;
  for (int i = 0; i < 1000; ++i) {
    expected.push_back("{\"seq\":" + std::to_string(i) + "}");
    line += expected.back();
  }
  CHECK(whole(FramingMode::kAuto, line + "\n", 100) == expected);
}

TEST_CASE("past four times the limit the connection has to close, and nothing follows") {
  for (const FramingMode mode : kAllModes) {
    Connection connection(mode, 100);
    connection.read("{\"a\":\"" + std::string(394, 'x'));
    CHECK(connection.yielded() == Yield{kOversizedMark});
    connection.read("x");
    CHECK(connection.yielded() == Yield{kOversizedMark, kTooLongMark});
    connection.read("\"}\n{\"b\":1}\n");
    CHECK(connection.yielded() == Yield{kOversizedMark, kTooLongMark});
    CHECK_FALSE(connection.framer().in_message());
  }
}

TEST_CASE("a connection between messages holds no storage") {
  Connection connection(FramingMode::kAuto);
  connection.read("{\"a\":1}\n{\"b\"");
  CHECK(connection.framer().held() > 0);
  CHECK(connection.framer().in_message());
  connection.read(":2}\n");
  CHECK(connection.yielded() == Yield{"{\"a\":1}", "{\"b\":2}"});
  CHECK(connection.framer().held() == 0);
  CHECK_FALSE(connection.framer().in_message());
  CHECK(sizeof(Framer) <= 128);
}

TEST_CASE("a message that lies whole in the buffer is not copied") {
  Framer framer(FramingMode::kAuto, 1000);
  std::string buffer = "{\"a\":1}\n{\"b\":2}";
  const std::size_t size = buffer.size();
  buffer.append(kTextPadding, ' ');
  framer.feed({buffer.data(), size});
  CHECK(framer.next().text.data() == buffer.data());
  CHECK(framer.next().text.data() == buffer.data() + 8);
  CHECK(framer.next().kind == FrameKind::kNone);
  CHECK(framer.held() == 0);
}

TEST_CASE("a paused connection goes on where it stopped, and takes more input meanwhile") {
  Connection connection(FramingMode::kAuto);
  {
    std::string buffer = "{\"a\":1}\n{\"b\":2}\n{\"c\":";
    const std::size_t size = buffer.size();
    buffer.append(kTextPadding, ' ');
    connection.framer().feed({buffer.data(), size});
    CHECK(connection.take_one());
    connection.framer().keep();
  }
  CHECK(connection.take_one());
  connection.read("3}\n{\"d\":4}\n");
  CHECK(connection.yielded() == Yield{"{\"a\":1}", "{\"b\":2}", "{\"c\":3}", "{\"d\":4}"});
  CHECK(connection.framer().held() == 0);
}

TEST_CASE("a listener's framing has three names") {
  CHECK(framing_mode("auto") == FramingMode::kAuto);
  CHECK(framing_mode("ndjson") == FramingMode::kNdjson);
  CHECK(framing_mode("json-stream") == FramingMode::kJsonStream);
  CHECK_FALSE(framing_mode("xml").has_value());
  CHECK(framing_mode_name(FramingMode::kJsonStream) == "json-stream");
}

}  // namespace crawlhub
