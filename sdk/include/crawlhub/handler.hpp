// A handler: answers or observes message types, registers commands, hears of connections and events.
#pragma once

#include <cstdint>
#include <string_view>

#include <crawlhub/abi/handler.h>
#include <crawlhub/plugin.hpp>

namespace crawlhub::inline sdk {

// Thread: hooks marked [worker] run in the connection's lane: one at a time for one connection, at once for
// others, and must not wait. Scratch memory belongs in PerLane (lanes.hpp), state of a connection in the
// call's slot.
class Handler : public Plugin {
 public:
  using Plugin::Plugin;

  // One message of a type that create registered with add_type. [worker] Returns kOk (accepted; where it
  // submitted: once that is), kDeclined, kRefused (call.fail), kPending after call.defer(), kFailed.
  virtual Outcome handle(Call& call, const Message& message) {
    static_cast<void>(call), static_cast<void>(message);
    return Outcome::kDeclined;
  }
  // Messages of types registered with CRAWLHUB_TYPE_OBSERVE, with their results, in commit order per job.
  // [worker]
  virtual void observe(Observations list) { static_cast<void>(list); }
  // A connection was accepted. [worker]
  virtual void connected(Call& call, Connection connection) {
    static_cast<void>(call), static_cast<void>(connection);
  }
  // It said hello; data: the hello's data, a JSON object. [worker]
  virtual void hello(Call& call, Connection connection, std::string_view data) {
    static_cast<void>(call), static_cast<void>(connection), static_cast<void>(data);
  }
  // It has ended; reason: one sentence. call can submit, and not reply. Take your slot. [worker]
  virtual void disconnected(Call& call, Connection connection, std::string_view reason) {
    static_cast<void>(call), static_cast<void>(connection), static_cast<void>(reason);
  }
  // A second has gone by on a connection. [worker]
  virtual void tick(Call& call, Connection connection) {
    static_cast<void>(call), static_cast<void>(connection);
  }
  // An event that was subscribed to; json: an object. Progress may be dropped, state changes never. [pool]
  // May wait.
  virtual void event(std::string_view name, std::string_view json) {
    static_cast<void>(name), static_cast<void>(json);
  }
};

namespace detail {

template <class P>
requires std::derived_from<P, Handler>
struct Table<P> {
  using L = Life<P>;
  static constexpr std::uint32_t kKind = CRAWLHUB_KIND_HANDLER;

  static crawlhub_status handle(void* self, crawlhub_call* call, const crawlhub_message* message) noexcept {
    return L::run(self, "handle", [&](P& p) {
      Call c(p.table(), call);
      return p.P::handle(c, Message(*message));
    });
  }
  static void observe(void* self, const crawlhub_observation* list, std::uint64_t count,
                      std::uint64_t stride) noexcept {
    L::run_void(self, "observe", [&](P& p) { p.P::observe(Observations(list, count, stride)); });
  }
  static void connected(void* self, crawlhub_call* call, const crawlhub_connection* connection) noexcept {
    L::run_void(self, "connected", [&](P& p) {
      Call c(p.table(), call);
      p.P::connected(c, Connection(*connection));
    });
  }
  static void hello(void* self, crawlhub_call* call, const crawlhub_connection* connection,
                    crawlhub_str data) noexcept {
    L::run_void(self, "hello", [&](P& p) {
      Call c(p.table(), call);
      p.P::hello(c, Connection(*connection), view(data));
    });
  }
  static void disconnected(void* self, crawlhub_call* call, const crawlhub_connection* connection,
                           crawlhub_str reason) noexcept {
    L::run_void(self, "disconnected", [&](P& p) {
      Call c(p.table(), call);
      p.P::disconnected(c, Connection(*connection), view(reason));
    });
  }
  static void tick(void* self, crawlhub_call* call, const crawlhub_connection* connection) noexcept {
    L::run_void(self, "tick", [&](P& p) {
      Call c(p.table(), call);
      p.P::tick(c, Connection(*connection));
    });
  }
  static void event(void* self, crawlhub_str name, crawlhub_str json) noexcept {
    L::run_void(self, "event", [&](P& p) { p.P::event(view(name), view(json)); });
  }

  static constexpr crawlhub_handler make() {
    crawlhub_handler table{};
    L::fill(table);
    if constexpr (kOverrides<&P::handle, &Handler::handle>) table.handle = &handle;
    if constexpr (kOverrides<&P::observe, &Handler::observe>) table.observe = &observe;
    if constexpr (kOverrides<&P::connected, &Handler::connected>) table.connected = &connected;
    if constexpr (kOverrides<&P::hello, &Handler::hello>) table.hello = &hello;
    if constexpr (kOverrides<&P::disconnected, &Handler::disconnected>) table.disconnected = &disconnected;
    if constexpr (kOverrides<&P::tick, &Handler::tick>) table.tick = &tick;
    if constexpr (kOverrides<&P::event, &Handler::event>) table.event = &event;
    return table;
  }
  static constexpr crawlhub_handler value = make();
};

}  // namespace detail

}  // namespace crawlhub::inline sdk
