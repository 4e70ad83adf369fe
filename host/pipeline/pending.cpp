#include "host/pipeline/pending.hpp"

#include <cstring>

namespace crawlhub {

namespace {

constexpr std::size_t kPadding = 64;  // readable bytes after every text (crawlhub/abi/message.h)

// Moves views from the original buffer to the copy of it; texts outside it (unescaped ones) were appended in
// order.
class Mover {
 public:
  Mover(crawlhub_str text, char* base, std::size_t appended) : text_(text), base_(base), at_(appended) {}

  void move(crawlhub_str& view) {
    if (view.len == 0) return;
    if (inside(view)) {
      view.ptr = base_ + (view.ptr - text_.ptr);
    } else {
      std::memcpy(base_ + at_, view.ptr, view.len);
      view.ptr = base_ + at_;
      at_ += view.len;
    }
  }
  bool inside(const crawlhub_str& view) const {
    return view.ptr >= text_.ptr && view.ptr + view.len <= text_.ptr + text_.len;
  }

 private:
  crawlhub_str text_;
  char* base_;
  std::size_t at_;
};

const crawlhub_member& member_at(const crawlhub_member* first, std::size_t i, std::size_t stride) {
  return *reinterpret_cast<const crawlhub_member*>(reinterpret_cast<const char*>(first) + i * stride);
}

}  // namespace

void MessageCopy::assign(const crawlhub_message& message) {
  message_ = message;
  members_.clear();
  for (std::size_t i = 0; i < message.member_count; ++i)
    members_.push_back(member_at(message.members, i, message.member_stride));
  for (std::size_t i = 0; i < message.extra_count; ++i)
    members_.push_back(member_at(message.extras, i, message.member_stride));

  std::size_t size = message.text.len;
  const Mover probe(message.text, nullptr, 0);
  const auto count_outside = [&](const crawlhub_str& view) {
    if (view.len != 0 && !probe.inside(view)) size += view.len;
  };
  for (const crawlhub_member& member : members_) {
    count_outside(member.key);
    count_outside(member.value);
  }
  crawlhub_str* const own[] = {&message_.type, &message_.job_id, &message_.timestamp, &message_.data};
  for (const crawlhub_str* view : own) count_outside(*view);

  if (bytes_.size() < size + kPadding) bytes_.resize(size + kPadding);
  std::memcpy(bytes_.data(), message.text.ptr, message.text.len);
  Mover mover(message.text, bytes_.data(), message.text.len);
  for (crawlhub_member& member : members_) {
    mover.move(member.key);
    mover.move(member.value);
  }
  for (crawlhub_str* view : own) mover.move(*view);
  message_.text.ptr = bytes_.data();
  message_.members = members_.data();
  message_.extras = members_.data() + message.member_count;
  message_.member_stride = sizeof(crawlhub_member);
}

}  // namespace crawlhub
