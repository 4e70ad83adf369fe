// A message as the host hands it to plugins, made from its text.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <crawlhub/json_walk.hpp>
#include <crawlhub/message.hpp>

namespace crawlhub::test {

class TestMessage {
 public:
  explicit TestMessage(std::string text, std::uint32_t connection_flags = 0) : text_(std::move(text)) {
    text_.reserve(text_.size() + 64);  // the padding that the host promises
    connection_.struct_size = sizeof connection_;
    connection_.id = 1;
    connection_.name = str("c1");
    connection_.flags = connection_flags;
    raw_.struct_size = sizeof raw_;
    raw_.member_stride = sizeof(crawlhub_member);
    raw_.data = str("{}");
    raw_.connection = &connection_;
    raw_.text = str(text_);
    for (JsonWalk walk(text_); walk.next();) take(walk.member());
    raw_.extras = extras_.data();
    raw_.extra_count = static_cast<std::uint32_t>(extras_.size());
    for (JsonWalk walk(view(raw_.data)); walk.next();) members_.push_back(keep(walk.member()));
    raw_.members = members_.data();
    raw_.member_count = static_cast<std::uint32_t>(members_.size());
  }
  TestMessage(const TestMessage&) = delete;
  TestMessage& operator=(const TestMessage&) = delete;

  const crawlhub_message& raw() const noexcept { return raw_; }

 private:
  crawlhub_str keep(std::string_view text) {
    texts_.push_back(std::make_unique<std::string>(text));
    return str(*texts_.back());
  }
  crawlhub_member keep(Member member) {
    const std::string_view raw = member.present() ? member.raw() : "null";
    return {keep(member.key()), str(raw), member.kind(), 0};
  }
  void take(Member member) {
    if (member.key() == "data") {
      raw_.data = str(member.raw());
    } else if (member.key() == "type") {
      raw_.type = keep(*member.string());
    } else if (member.key() == "jobId") {
      raw_.job_id = keep(*member.string());
    } else if (member.key() == "timestamp") {
      raw_.timestamp = keep(*member.string());
      raw_.flags |= CRAWLHUB_MESSAGE_TIME;
    } else if (member.key() == "seq") {
      raw_.seq = static_cast<std::uint64_t>(*member.integer());
      raw_.flags |= CRAWLHUB_MESSAGE_SEQ;
    } else {
      extras_.push_back(keep(member));
    }
  }

  std::string text_;
  std::vector<std::unique_ptr<std::string>> texts_;
  std::vector<crawlhub_member> members_, extras_;
  crawlhub_connection connection_{};
  crawlhub_message raw_{};
};

}  // namespace crawlhub::test
