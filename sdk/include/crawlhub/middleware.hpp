// A middleware: sees every message in and out, in the order of the config (in) and the reverse (out).
#pragma once

#include <cstdint>
#include <string_view>

#include <crawlhub/abi/middleware.h>
#include <crawlhub/plugin.hpp>

namespace crawlhub::inline sdk {

// A message on its way out. A view: lives until `after` returns. Thread: [worker].
class Outgoing {
 public:
  Outgoing(const crawlhub_outgoing& raw, crawlhub_outgoing_sink sink, void* context) noexcept
      : raw_(&raw), sink_(sink), context_(context) {}

  // What this instance gave to replace() on the message that this one answers; 0: none.
  std::uint32_t tag() const noexcept { return raw_->tag; }
  std::string_view type() const noexcept { return view(raw_->type); }
  std::string_view job_id() const noexcept { return view(raw_->job_id); }
  // A JSON object.
  std::string_view data_json() const noexcept { return view(raw_->data); }
  Connection connection() const noexcept { return Connection(*raw_->connection); }

  // Sends this instead; at most once. job_member: the envelope's name for the job, "jobId" or "job_id". Texts
  // are copied.
  void replace(std::string_view job_member, std::string_view type, std::string_view job_id,
               std::string_view data) const {
    sink_(context_, str(job_member), str(type), str(job_id), str(data));
  }

 private:
  const crawlhub_outgoing* raw_;
  crawlhub_outgoing_sink sink_;
  void* context_;
};

// Thread: as Handler. All hooks are [worker] and must not wait.
class Middleware : public Plugin {
 public:
  using Plugin::Plugin;

  // A message, before its handler. Returns kOk (go on), kReplaced (call.replace), kRefused (call.fail),
  // kFailed.
  virtual Outcome before(Call& call, const Message& message) {
    static_cast<void>(call), static_cast<void>(message);
    return Outcome::kOk;
  }
  // A message, before it is written to its connection. Returns kOk, or kRefused: it is not sent.
  virtual Outcome after(const Outgoing& message) {
    static_cast<void>(message);
    return Outcome::kOk;
  }
  // A connection was accepted.
  virtual void connected(Call& call, Connection connection) {
    static_cast<void>(call), static_cast<void>(connection);
  }
  // It says hello; data: the hello's data, a JSON object. Returns kOk, or kRefused (call.fail): it is told,
  // and closed.
  virtual Outcome hello(Call& call, Connection connection, std::string_view data) {
    static_cast<void>(call), static_cast<void>(connection), static_cast<void>(data);
    return Outcome::kOk;
  }
  // It has ended; reason: one sentence. Take your slot.
  virtual void disconnected(Call& call, Connection connection, std::string_view reason) {
    static_cast<void>(call), static_cast<void>(connection), static_cast<void>(reason);
  }
};

namespace detail {

template <class P>
requires std::derived_from<P, Middleware>
struct Table<P> {
  using L = Life<P>;
  static constexpr std::uint32_t kKind = CRAWLHUB_KIND_MIDDLEWARE;

  static crawlhub_status before(void* self, crawlhub_call* call, const crawlhub_message* message) noexcept {
    return L::run(self, "before", [&](P& p) {
      Call c(p.table(), call);
      return p.P::before(c, Message(*message));
    });
  }
  static crawlhub_status after(void* self, const crawlhub_outgoing* message, crawlhub_outgoing_sink sink,
                               void* context) noexcept {
    return L::run(self, "after", [&](P& p) { return p.P::after(Outgoing(*message, sink, context)); });
  }
  static void connected(void* self, crawlhub_call* call, const crawlhub_connection* connection) noexcept {
    L::run_void(self, "connected", [&](P& p) {
      Call c(p.table(), call);
      p.P::connected(c, Connection(*connection));
    });
  }
  static crawlhub_status hello(void* self, crawlhub_call* call, const crawlhub_connection* connection,
                               crawlhub_str data) noexcept {
    return L::run(self, "hello", [&](P& p) {
      Call c(p.table(), call);
      return p.P::hello(c, Connection(*connection), view(data));
    });
  }
  static void disconnected(void* self, crawlhub_call* call, const crawlhub_connection* connection,
                           crawlhub_str reason) noexcept {
    L::run_void(self, "disconnected", [&](P& p) {
      Call c(p.table(), call);
      p.P::disconnected(c, Connection(*connection), view(reason));
    });
  }

  static constexpr crawlhub_middleware make() {
    crawlhub_middleware table{};
    L::fill(table);
    if constexpr (kOverrides<&P::before, &Middleware::before>) table.before = &before;
    if constexpr (kOverrides<&P::after, &Middleware::after>) table.after = &after;
    if constexpr (kOverrides<&P::connected, &Middleware::connected>) table.connected = &connected;
    if constexpr (kOverrides<&P::hello, &Middleware::hello>) table.hello = &hello;
    if constexpr (kOverrides<&P::disconnected, &Middleware::disconnected>) table.disconnected = &disconnected;
    return table;
  }
  static constexpr crawlhub_middleware value = make();
};

}  // namespace detail

}  // namespace crawlhub::inline sdk
