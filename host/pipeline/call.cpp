#include "host/pipeline/call.hpp"

#include "host/pipeline/lane.hpp"

namespace crawlhub {

crawlhub_status Call::reply(std::string_view type, std::string_view job_id, std::string_view data) {
  if (type.empty() || data.empty() || data.front() != '{' || !lane_.parser_.check_value(data))
    return CRAWLHUB_INVALID;
  const std::vector<std::uint32_t>& tags = pending_ != nullptr ? pending_->tags : tags_;
  return lane_.send(peer_, type, job_id, data, &tags) ? CRAWLHUB_OK : CRAWLHUB_GONE;
}

crawlhub_status Call::fail(std::int32_t code, std::string_view text) {
  if (code == 0) return CRAWLHUB_INVALID;
  if (code_ == 0) {  // the first reason is the one that is told
    code_ = code;
    text_ = text;
  }
  return CRAWLHUB_OK;
}

crawlhub_status Call::submit(const crawlhub_op* ops, std::uint64_t count, crawlhub_continuation then,
                             void* context) {
  if (ops == nullptr || count == 0) return CRAWLHUB_INVALID;
  lane_.submit(*this, ops, count, then, context);
  return CRAWLHUB_OK;
}

crawlhub_token Call::defer() {
  Pending& pending = lane_.pending_of(*this);
  const crawlhub_token token = lane_.deferred_.add(pending);
  if (token != 0) ++pending.waiting_for;
  return token;
}

void** Call::slot() {
  return peer_.slot(number_);
}

crawlhub_status Call::replace(std::string_view text, std::uint32_t tag) {
  replacement_ = text;
  if (tag != 0) {
    if (tags_.size() <= number_) tags_.resize(number_ + 1);
    tags_[number_] = tag;
  }
  return CRAWLHUB_OK;
}

}  // namespace crawlhub
