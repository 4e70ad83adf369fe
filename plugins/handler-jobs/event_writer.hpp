// Builds the operation of one job event in memory that is used again: for progress, which is most of all
// messages. OpBuilder is for everything else.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include <crawlhub/abi/storage.h>
#include <crawlhub/json_value.hpp>

namespace crawlhub::jobs {

// Filled as an OpBody<crawlhub_job_event> is. Thread: one at a time.
class EventWriter {
 public:
  // What every event begins with, so that it is copied in one piece. REQUIRES: once, before begin.
  void set_hub(std::string_view hub, std::string_view incarnation) {
    crawlhub_job_event event{};
    event.struct_size = sizeof event;
    size_ = 0;
    append({reinterpret_cast<const char*>(&event), sizeof event});
    text(&crawlhub_job_event::hub, hub);
    text(&crawlhub_job_event::incarnation, incarnation);
    prefix_.assign(bytes(), size_);
  }
  void begin() {
    size_ = 0;
    append(prefix_);
  }
  // Good until the next text.
  crawlhub_job_event* operator->() noexcept { return reinterpret_cast<crawlhub_job_event*>(words_.get()); }

  // Empty: absent.
  void text(crawlhub_text crawlhub_job_event::*field, std::string_view text) {
    if (text.empty()) return;
    const auto offset = static_cast<std::uint32_t>(size_);
    append(text);
    operator->()->*field = {offset, static_cast<std::uint32_t>(text.size())};
  }
  // The string that member holds, unescaped; absent where it is no string.
  void text(crawlhub_text crawlhub_job_event::*field, Member member) {
    text(field, member.string(unescaped_).value_or(""));
  }
  void json(crawlhub_text crawlhub_job_event::*field, Member member) { text(field, member.raw()); }

  // Lives: until the next begin; key as long as it does.
  crawlhub_op op(std::uint32_t flags, std::string_view key) const noexcept {
    crawlhub_op op{};
    op.struct_size = sizeof op;
    op.kind = CRAWLHUB_OP_JOB_EVENT;
    op.flags = flags;
    op.body_size = static_cast<std::uint32_t>(size_);
    op.key = str(key);
    op.body = words_.get();
    return op;
  }

 private:
  char* bytes() noexcept { return reinterpret_cast<char*>(words_.get()); }

  void append(std::string_view more) {
    if (size_ + more.size() > capacity_) grow(size_ + more.size());
    std::memcpy(bytes() + size_, more.data(), more.size());
    size_ += more.size();
  }
  void grow(std::size_t wanted) {
    const std::size_t words = (wanted * 2 + 1024) / sizeof(std::uint64_t);
    auto larger = std::make_unique<std::uint64_t[]>(words);
    if (size_ != 0) std::memcpy(larger.get(), words_.get(), size_);
    words_ = std::move(larger);
    capacity_ = words * sizeof(std::uint64_t);
  }

  std::unique_ptr<std::uint64_t[]> words_;  // aligned as a body must be
  std::size_t size_ = 0, capacity_ = 0;     // bytes
  std::string prefix_, unescaped_;
};

}  // namespace crawlhub::jobs
