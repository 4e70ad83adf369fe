#include "host/bench/progress_messages.hpp"

#include <array>

namespace crawlhub::bench {

namespace {

constexpr std::size_t kUsualDigits =
    7;  // of seq, in the run of a few million messages that sizes are made for

constexpr std::array<std::string_view, 4> kCollections = {"issues", "discussions", "labels", "milestones"};

// Everything behind the job: what a crawler reports while it fetches issues, with as much text as makes up
// the size.
std::string make_body(std::size_t index, std::string_view timestamp, std::size_t text_size) {
  const std::string number = std::to_string(ProgressMessages::processed(index));
  std::string body = R"(,"timestamp":")";
  body += timestamp;
  body += R"(","data":{"stage":"fetching","entityType":"issue","processed":)" + number;
  body += R"(,"total":1000000,"message":")";
  std::string text = "page " + number + " of " + std::string(kCollections[index % kCollections.size()]) + " ";
  text.resize(text_size, static_cast<char>('a' + index % 26));
  body += text;
  body += R"(","resumeState":{"lastEntityId":"gid/)" + number + R"(","currentPage":)" + number + "}}}\n";
  return body;
}

}  // namespace

ProgressMessages::ProgressMessages(std::size_t distinct, std::size_t size, std::size_t head_size,
                                   std::string_view timestamp) {
  bodies_.reserve(distinct);
  for (std::size_t index = 0; index < distinct; ++index) {
    const std::size_t without =
        kStart.size() + kUsualDigits + head_size + make_body(index, timestamp, 0).size();
    bodies_.push_back(make_body(index, timestamp, size > without ? size - without : 0));
  }
}

std::string ProgressMessages::head(std::string_view job, std::uint64_t lease) {
  std::string head = R"(,"jobId":")";
  head += job;
  head += R"(","lease":)";
  head += std::to_string(lease);
  return head;
}

}  // namespace crawlhub::bench
