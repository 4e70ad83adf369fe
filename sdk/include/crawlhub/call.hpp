// A call in progress on a connection, and the token that keeps one answerable.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include <crawlhub/abi/host.h>
#include <crawlhub/message.hpp>
#include <crawlhub/ops.hpp>
#include <crawlhub/outcome.hpp>
#include <crawlhub/thunk.hpp>

namespace crawlhub::inline sdk {

// Names a deferred call for good. Copy it as you like. Using one whose call was completed, or whose
// connection has ended, answers kGone. Thread: any.
class Token {
 public:
  // Names nothing.
  Token() noexcept = default;
  Token(const crawlhub_host* host, crawlhub_token number) noexcept : host_(host), number_(number) {}

  explicit operator bool() const noexcept { return number_ != 0; }
  crawlhub_token number() const noexcept { return number_; }

  // Sends a message to the call's connection. As Call::reply, and kGone.
  Outcome reply(std::string_view type, std::string_view job_id, std::string_view data) const {
    if (number_ == 0) return Outcome::kGone;
    return Outcome{host_->token_reply(host_, number_, str(type), str(job_id), str(data))};
  }
  // Ends the call: its message is accepted. Returns kOk or kGone.
  Outcome accept() const { return complete(0, {}); }
  // Ends the call: its message is refused. code: CRAWLHUB_E_*; text is for its sender. Returns kOk or kGone.
  Outcome refuse(std::int32_t code, std::string_view text) const { return complete(code, text); }

 private:
  Outcome complete(std::int32_t code, std::string_view text) const {
    if (number_ == 0) return Outcome::kGone;
    return Outcome{host_->complete(host_, number_, code, str(text))};
  }
  const crawlhub_host* host_ = nullptr;
  crawlhub_token number_ = 0;
};

// Valid until the function that got it returns; what must go on later takes a Token (defer) or a continuation
// (submit_then). In a continuation whose connection has ended it is empty: then everything answers kGone.
// Thread: [worker], in its connection's lane.
class Call {
 public:
  Call(const crawlhub_host* host, crawlhub_call* call) noexcept : host_(host), call_(call) {}

  // Whether there still is a connection.
  explicit operator bool() const noexcept { return call_ != nullptr; }

  // Sends a message {type, timestamp, jobId where given, data} to the connection. data: a JSON object without
  // a raw newline. May be called again. Returns kOk, kGone, or kInvalid where data is no such object. handle
  // may return it.
  Outcome reply(std::string_view type, std::string_view job_id, std::string_view data) const {
    if (!call_) return Outcome::kGone;
    return Outcome{host_->reply(call_, str(type), str(job_id), str(data))};
  }

  // Says why the message is refused: `return call.fail(CRAWLHUB_E_NO_ACCOUNT, "account x has no token");`. In
  // a continuation calling it is enough. Returns kRefused.
  Outcome fail(std::int32_t code, std::string_view text) const {
    if (call_) host_->fail(call_, code, str(text));
    return Outcome::kRefused;
  }

  // Copies the operations into the storage queue. Their outcome is the message's: refused if one of them is.
  // Several submissions of one call are done in order. Returns kOk, kGone, kInvalid. handle may return it.
  Outcome submit(OpBuilder& ops) const {
    if (!call_) return Outcome::kGone;
    const auto list = ops.ops();
    return Outcome{host_->submit(call_, list.data(), list.size())};
  }

  // The same of one operation that the plugin built itself.
  Outcome submit(const crawlhub_op& op) const {
    return call_ ? Outcome{host_->submit(call_, &op, 1)} : Outcome::kGone;
  }

  // The same, and then runs Fn, a member function void(Call&, Results) of the plugin class, with the results:
  // once for each submit_then that returned kOk, in order with the connection's other completions. The
  // message's outcome is then Fn's: accepted unless it calls fail.
  template <auto Fn>
  Outcome submit_then(OpBuilder& ops) const {
    return submit_raw(ops, &detail::continuation<Call, Fn>, nullptr);
  }
  // The same with a value for Fn, void(Call&, Results, Value): trivially copyable and at most 8 bytes long.
  template <auto Fn, class Value>
  requires(std::is_trivially_copyable_v<Value> && sizeof(Value) <= sizeof(void*)) Outcome
      submit_then(OpBuilder& ops, Value value)
  const {
    void* context = nullptr;
    std::memcpy(&context, &value, sizeof value);
    return submit_raw(ops, &detail::continuation_value<Call, Fn, Value>, context);
  }
  // The same with an object for Fn, void(Call&, Results, std::unique_ptr<T>), which then owns it.
  template <auto Fn, class T>
  Outcome submit_then(OpBuilder& ops, std::unique_ptr<T> object) const {
    const Outcome outcome = submit_raw(ops, &detail::continuation_object<Call, Fn, T>, object.get());
    if (ok(outcome)) static_cast<void>(object.release());
    return outcome;
  }

  // Keeps the call answerable after handle returned kPending. An empty token where the bound on open tokens
  // is met: then refuse with CRAWLHUB_E_STORAGE_BUSY or the like.
  Token defer() const { return Token(host_, call_ ? host_->defer(call_) : 0); }

  // The instance's own object on this connection; null at first. T is the same type in every call.
  template <class T>
  T* slot() const {
    return call_ ? static_cast<T*>(*host_->slot(call_)) : nullptr;
  }
  // The same, made from args where there is none yet. REQUIRES: the call is not empty.
  template <class T, class... Args>
  T& make_slot(Args&&... args) const {
    void** slot = host_->slot(call_);
    if (*slot == nullptr) *slot = std::make_unique<T>(std::forward<Args>(args)...).release();
    return *static_cast<T*>(*slot);
  }
  // Gives the object up to the caller. Do so in disconnected: the host does not free it.
  template <class T>
  std::unique_ptr<T> take_slot() const {
    if (!call_) return nullptr;
    return std::unique_ptr<T>(static_cast<T*>(std::exchange(*host_->slot(call_), nullptr)));
  }

  // Middleware, in before: goes on with text, a whole message, instead. tag: what `after` sees on answers to
  // it; 0: none. Returns kReplaced, to be returned by before, or kInvalid where text is no valid message.
  Outcome replace(std::string_view text, std::uint32_t tag) const {
    if (!call_) return Outcome::kGone;
    const Outcome outcome{host_->replace(call_, str(text), tag)};
    return ok(outcome) ? Outcome::kReplaced : outcome;
  }

  crawlhub_call* raw() const noexcept { return call_; }

 private:
  Outcome submit_raw(OpBuilder& ops, crawlhub_continuation fn, void* context) const {
    if (!call_) return Outcome::kGone;
    const auto list = ops.ops();
    return Outcome{host_->submit_then(call_, list.data(), list.size(), fn, context)};
  }

  const crawlhub_host* host_;
  crawlhub_call* call_;
};

}  // namespace crawlhub::inline sdk
