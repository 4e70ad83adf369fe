#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crawlhub::bench {

// A stock of job_progress messages made before the run, so that sending one is three copies and a number.
// Each has a `processed` of its own, by which a row shows which message reached it last. Thread: one.
class ProgressMessages {
 public:
  // size: bytes of a whole message, newline included, where seq has 7 digits and the head has head_size
  // bytes; where that is too few for what a message must say, the message is longer.
  ProgressMessages(std::size_t distinct, std::size_t size, std::size_t head_size, std::string_view timestamp);

  std::size_t count() const noexcept { return bodies_.size(); }

  // The part of a message that names the job and its lease; made once a job.
  static std::string head(std::string_view job, std::uint64_t lease);

  // The values by which message `index` is known again in the job's row.
  static std::uint64_t processed(std::size_t index) noexcept { return index + 1; }

  void append(std::string& out, std::uint64_t seq, std::string_view head, std::size_t index) const {
    char number[kStart.size() + 20];
    char* const end = std::to_chars(put_start(number), number + sizeof number, seq).ptr;
    out.append(number, end);
    out.append(head);
    out.append(bodies_[index]);
  }

 private:
  static constexpr std::string_view kStart = R"({"type":"job_progress","seq":)";

  static char* put_start(char* at) noexcept { return at + kStart.copy(at, kStart.size()); }

  std::vector<std::string> bodies_;
};

}  // namespace crawlhub::bench
