// Connections and messages as the host would show them to a plugin.
#pragma once

#include <cstdint>
#include <deque>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/abi/message.h>
#include <crawlhub/json_index.hpp>
#include <crawlhub/str.hpp>
#include <crawlhub/testing/json_check.hpp>
#include <crawlhub/testing/records.hpp>

namespace crawlhub::inline sdk::testing {

// The state of one connection. Its address stays the same while it lives.
class FakeLink {
 public:
  FakeLink(std::uint64_t id, std::uint32_t flags, std::string crawler_id)
      : name_("c" + std::to_string(id)), crawler_id_(std::move(crawler_id)) {
    raw_.struct_size = sizeof raw_;
    raw_.id = id;
    raw_.flags = flags;
  }
  FakeLink(const FakeLink&) = delete;
  FakeLink& operator=(const FakeLink&) = delete;

  const crawlhub_connection& raw(std::uint32_t lane) {
    raw_.lane = lane;
    raw_.name = str(name_);
    raw_.crawler_id = str(crawler_id_);
    return raw_;
  }
  void said_hello(std::string crawler_id) {
    raw_.flags |= CRAWLHUB_CONNECTION_HELLO;
    crawler_id_ = std::move(crawler_id);
  }

  std::vector<Sent> received;  // all that was sent to it
  void* slot = nullptr;
  bool open = true;

 private:
  crawlhub_connection raw_{};
  std::string name_, crawler_id_;
};

// A message made from its text, followed by the readable bytes that the ABI promises.
class FakeMessage {
 public:
  // Errors: std::invalid_argument where text is no valid message: that is a mistake of the test.
  explicit FakeMessage(std::string_view text, std::int64_t now_ns) : text_(text) {
    if (!JsonCheck::is_json(text) || !envelope_.read(text)) {
      throw std::invalid_argument("this is no message: " + text_);
    }
    text_.append(kPadding, '\0');
    envelope_.read(std::string_view(text_).substr(0, text.size()));
    raw_.struct_size = sizeof raw_;
    raw_.member_stride = sizeof(crawlhub_member);
    raw_.time_ns = now_ns;
    raw_.text = {text_.data(), text.size()};
    raw_.type = string("type");
    raw_.job_id = string("jobId");
    raw_.timestamp = string("timestamp");
    number("seq", CRAWLHUB_MESSAGE_SEQ, raw_.seq);
    number("lease", CRAWLHUB_MESSAGE_LEASE, raw_.lease);
    index_data();
    index_extras();
  }
  FakeMessage(const FakeMessage&) = delete;
  FakeMessage& operator=(const FakeMessage&) = delete;

  std::string_view type() const { return view(raw_.type); }
  const crawlhub_message& raw(std::uint32_t route, const crawlhub_connection& connection) {
    raw_.route = route;
    raw_.connection = &connection;
    return raw_;
  }

 private:
  static constexpr std::size_t kPadding = 64;

  crawlhub_str string(std::string_view key) {
    strings_.push_back(envelope_.find(key).string().value_or(""));
    return str(strings_.back());
  }
  void number(std::string_view key, std::uint32_t flag, std::uint64_t& field) {
    const auto given = envelope_.find(key).integer();
    if (!given) return;
    raw_.flags |= flag;
    field = static_cast<std::uint64_t>(*given);
  }
  void index_data() {
    const Member data = envelope_.find("data");
    strings_.push_back(data ? std::string(data.raw()) : "{}");
    const std::size_t size = strings_.back().size();
    strings_.back().append(kPadding, '\0');
    raw_.data = {strings_.back().data(), size};
    data_.read(view(raw_.data));
    raw_.members = data_.raw().data();
    raw_.member_count = static_cast<std::uint32_t>(data_.raw().size());
  }
  void index_extras() {
    for (const crawlhub_member& member : envelope_.raw()) {
      const std::string_view key = view(member.key);
      const bool own =
          key == "type" || key == "timestamp" || key == "jobId" || key == "seq" || key == "lease";
      if (!own && key != "data") extras_.push_back(member);
    }
    raw_.extras = extras_.data();
    raw_.extra_count = static_cast<std::uint32_t>(extras_.size());
  }

  std::string text_;
  JsonIndex envelope_, data_;
  std::deque<std::string> strings_;
  std::vector<crawlhub_member> extras_;
  crawlhub_message raw_{};
};

}  // namespace crawlhub::inline sdk::testing
