// How fast the two layers are that see every byte: framing and envelope. One line a measurement, the best of
// several rounds, since other work on the machine only ever makes one slower.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "host/core/clock.hpp"
#include "host/envelope/envelope_parser.hpp"
#include "host/framing/framer.hpp"

namespace crawlhub {
namespace {

constexpr std::size_t kBuffer = 256 << 10;
constexpr int kRounds = 15;

std::string message(std::size_t seq) {
  const std::string number = std::to_string(10000 + seq);
  return R"({"type":"job_progress","timestamp":"2026-11-26T10:00:00.000Z","jobId":"job_0123456789abcdef","seq":)" +
         number +
         R"(,"data":{"stage":"fetching","entityType":"commit","processed":1200,"total":5000,"message":"fetching page )" +
         number +
         R"(","currentPage":12,"resumeState":{"lastEntityId":"0123456789abcdef","currentPage":12,"entityType":"commit"}}})";
}

// A full read buffer of messages, and the padding after it.
struct Batch {
  std::string bytes;
  std::size_t messages = 0;
  std::size_t size() const { return bytes.size() - kTextPadding; }
};

Batch batch(std::string_view separator) {
  Batch batch;
  while (batch.bytes.size() + 400 < kBuffer) {
    batch.bytes += message(batch.messages++);
    batch.bytes += separator;
  }
  batch.bytes.append(kTextPadding, ' ');
  return batch;
}

// Skipped where the name does not contain the argument of the program.
template <class Work>
void measure(std::string_view wanted, const char* name, const Batch& batch, Work work) {
  if (std::string_view(name).find(wanted) == std::string_view::npos) return;
  double best = 1e30;
  for (int round = 0; round < kRounds; ++round) {
    const int repeat = batch.messages == 1 ? 2 : 40;
    const auto begin = monotonic_ns();
    for (int i = 0; i < repeat; ++i) {
      if (work() != batch.messages) std::abort();
    }
    best = std::min(best, static_cast<double>(monotonic_ns() - begin) / repeat);
  }
  std::printf("%-44s %8.1f ns a message %8.2f GB/s\n", name, best / static_cast<double>(batch.messages),
              static_cast<double>(batch.size()) / best);
}

std::size_t frame_all(Framer& framer, const Batch& batch, std::size_t read_size) {
  std::size_t messages = 0;
  for (std::string_view rest(batch.bytes.data(), batch.size()); !rest.empty();) {
    const std::string_view read = rest.substr(0, read_size);
    framer.feed(read);
    while (framer.next().kind == FrameKind::kMessage) ++messages;
    rest.remove_prefix(read.size());
  }
  return messages;
}

std::size_t parse_one(EnvelopeParser& parser, std::string_view text, std::size_t times) {
  crawlhub_message message{};
  std::size_t messages = 0;
  for (std::size_t i = 0; i < times; ++i) messages += parser.parse(text, message) ? 1 : 0;
  return messages;
}

std::size_t parse_all(Framer& framer, EnvelopeParser& parser, const Batch& batch) {
  std::size_t messages = 0;
  framer.feed({batch.bytes.data(), batch.size()});
  crawlhub_message message{};
  for (Frame frame = framer.next(); frame.kind == FrameKind::kMessage; frame = framer.next()) {
    messages += parser.parse(frame.text, message) && message.member_count == 7 ? 1 : 0;
  }
  return messages;
}

// A discovery names every area of an instance in one message.
Batch discovery() {
  Batch batch;
  batch.messages = 1;
  batch.bytes = R"({"type":"jobs_discovered","jobId":"job_1","data":{"discovered_jobs":[)";
  for (int area = 0; batch.bytes.size() < (7 << 20); ++area) {
    const std::string id = std::to_string(area);
    if (area != 0) batch.bytes += ',';
    batch.bytes += R"({"job_type":"crawl_project","entity_id":"gid://gitlab/Project/)" + id +
                   R"(","namespace_path":"group/project-)" + id + R"(","entity_name":"Project )" + id + "\"}";
  }
  batch.bytes += "]}}";
  batch.bytes.append(kTextPadding, ' ');
  return batch;
}

void run(std::string_view wanted) {
  const Batch lines = batch("\n");
  const Batch stream = batch("");
  Framer framer(FramingMode::kAuto, 8 << 20);
  EnvelopeParser parser;
  std::printf("%zu messages of %zu bytes a buffer\n", lines.messages, lines.size() / lines.messages);
  measure(wanted, "framing, newlines, 256 KiB reads", lines,
          [&] { return frame_all(framer, lines, kBuffer); });
  measure(wanted, "framing, newlines, 4 KiB reads", lines, [&] { return frame_all(framer, lines, 4096); });
  measure(wanted, "framing, newlines, 64 B reads", lines, [&] { return frame_all(framer, lines, 64); });
  measure(wanted, "framing, no newline, 256 KiB reads", stream,
          [&] { return frame_all(framer, stream, kBuffer); });
  measure(wanted, "framing, no newline, 4 KiB reads", stream,
          [&] { return frame_all(framer, stream, 4096); });
  const std::string_view first(lines.bytes.data(), lines.bytes.find('\n'));
  measure(wanted, "envelope, one message again and again", lines,
          [&] { return parse_one(parser, first, lines.messages); });
  const Batch large = discovery();
  measure(wanted, "envelope, a discovery of 7 MiB", large, [&] {
    return parse_one(parser, {large.bytes.data(), large.size()}, 1);
  });
  measure(wanted, "framing and envelope, newlines", lines, [&] { return parse_all(framer, parser, lines); });
  measure(wanted, "framing and envelope, no newline", stream,
          [&] { return parse_all(framer, parser, stream); });
}

}  // namespace
}  // namespace crawlhub

int main(int argc, char** argv) {
  crawlhub::run(argc > 1 ? argv[1] : "");
}
