// What all kinds of plugin have in common: the life of an instance, and the macro that exports the
// descriptor.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>

#include <crawlhub/abi/plugin.h>
#include <crawlhub/host.hpp>
#include <crawlhub/outcome.hpp>
#include <crawlhub/thunk.hpp>

namespace crawlhub::inline sdk {

// An instance: one entry of the configuration. Two of one plugin live side by side, so all state is in
// members; no globals, no thread-local objects with destructors. Derive from Handler, Middleware, Storage or
// Notifier, write `using Handler::Handler;`, and override what you need: a hook that is not overridden is not
// called at all. Members may be initialised from host(). What a hook throws is logged and counts as kFailed.
class Plugin : public PluginRoot {
 public:
  explicit Plugin(Host host) noexcept : PluginRoot(host.table()) {}
  virtual ~Plugin() = default;  // frees; [control]
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  Host host() const noexcept { return Host(table()); }

  // Reads the config (a JSON object, checked against the schema, defaults filled in) and registers types,
  // commands, sections, subscriptions. Opens nothing. [control] Returns kOk, or kFailed after host().error().
  virtual Outcome create(std::string_view config) {
    static_cast<void>(config);
    return Outcome::kOk;
  }
  // Opens things, asks the storage, begins timers. [control] May wait. Returns kOk, or kFailed after
  // host().error(): then the instance is destroyed without a stop.
  virtual Outcome start() { return Outcome::kOk; }
  // Ends what start began, threads included; no other call runs or follows. deadline_ns: on the clock of
  // Host::monotonic_ns. [control] Returns kOk, kFailed.
  virtual Outcome stop(std::int64_t deadline_ns) {
    static_cast<void>(deadline_ns);
    return Outcome::kOk;
  }
  // Could start work? Looks, changes nothing, and tells findings one sentence a time. [control] Returns kOk,
  // kFailed.
  virtual Outcome probe(Sink findings) {
    static_cast<void>(findings);
    return Outcome::kOk;
  }
};

// What CRAWLHUB_PLUGIN takes. All texts are literals.
struct Descriptor {
  const char* name = nullptr;           // as in the YAML: kind-name, "handler-echo". Required
  const char* version = nullptr;        // the plugin's own, semver. Required
  const char* summary = nullptr;        // one sentence. Required
  const char* config_schema = nullptr;  // JSON Schema of the config; absent: the plugin takes none
  const char* after = nullptr;          // middleware: which one must stand before it
  std::uint32_t flags = 0;              // CRAWLHUB_MAY_UNLOAD
  // The lowest minor version of the ABI that it cannot do without. 1 has everything in these headers.
  std::uint16_t needs_host_minor = 1;
};

namespace detail {

// Whether P overrides a hook: then the pointer to it has another class.
template <auto Hook, auto BaseHook>
inline constexpr bool kOverrides = !std::is_same_v<decltype(Hook), decltype(BaseHook)>;

template <class P>
struct Life {
  static_assert(
      std::is_constructible_v<P, Host>,
      "the plugin class needs a public constructor from Host: add `using Handler::Handler;` or the like");

  static crawlhub_status create(const crawlhub_host* host, crawlhub_str config, void** self) noexcept {
    return guard(host, "create", CRAWLHUB_FAILED, [&] {
      auto plugin = std::make_unique<P>(Host(host));
      const Outcome outcome = plugin->P::create(view(config));
      if (!ok(outcome)) return CRAWLHUB_FAILED;
      *self = static_cast<PluginRoot*>(plugin.release());
      return CRAWLHUB_OK;
    });
  }
  static crawlhub_status start(void* self) noexcept {
    return run(self, "start", [](P& p) { return p.P::start(); });
  }
  static crawlhub_status stop(void* self, std::int64_t deadline_ns) noexcept {
    return run(self, "stop", [&](P& p) { return p.P::stop(deadline_ns); });
  }
  static void destroy(void* self) noexcept {
    const crawlhub_host* host = static_cast<PluginRoot*>(self)->table();
    guard(host, "destroy", [&] { std::unique_ptr<P>(&self_as<P>(self)).reset(); });
  }
  static crawlhub_status probe(void* self, crawlhub_sink sink, void* context) noexcept {
    return run(self, "probe", [&](P& p) { return p.P::probe(Sink(sink, context)); });
  }

  // Calls body with the plugin and returns its outcome. A peer that has gone meanwhile is no failure of the
  // hook's; an argument that the host found invalid is.
  template <class Body>
  static crawlhub_status run(void* self, const char* where, Body body) noexcept {
    const crawlhub_host* host = static_cast<PluginRoot*>(self)->table();
    const Outcome outcome = guard(host, where, Outcome::kFailed, [&] { return body(self_as<P>(self)); });
    if (outcome == Outcome::kGone) return CRAWLHUB_OK;
    return outcome == Outcome::kInvalid ? CRAWLHUB_FAILED : raw(outcome);
  }
  template <class Body>
  static void run_void(void* self, const char* where, Body body) noexcept {
    guard(static_cast<PluginRoot*>(self)->table(), where, [&] { body(self_as<P>(self)); });
  }

  // The functions that every kind has. Those not overridden stay null.
  template <class Table>
  static constexpr void fill(Table& table) {
    table.struct_size = sizeof(Table);
    table.create = &create;
    table.destroy = &destroy;
    if constexpr (kOverrides<&P::start, &Plugin::start>) table.start = &start;
    if constexpr (kOverrides<&P::stop, &Plugin::stop>) table.stop = &stop;
    if constexpr (kOverrides<&P::probe, &Plugin::probe>) table.probe = &probe;
  }
};

// The host's C table for P; its kinds specialise it: value and kKind.
template <class P>
struct Table;

template <class P>
constexpr crawlhub_plugin describe(Descriptor descriptor) {
  crawlhub_plugin plugin{};
  plugin.struct_size = sizeof plugin;
  plugin.abi_major = CRAWLHUB_ABI_MAJOR;
  plugin.needs_host_minor = descriptor.needs_host_minor;
  plugin.kind = Table<P>::kKind;
  plugin.flags = descriptor.flags;
  plugin.name = descriptor.name;
  plugin.version = descriptor.version;
  plugin.summary = descriptor.summary;
  plugin.config_schema = descriptor.config_schema;
  plugin.after = descriptor.after;
  plugin.vtable = &Table<P>::value;
  return plugin;
}

}  // namespace detail

}  // namespace crawlhub::inline sdk

// Exports the plugin; once in a library, outside any namespace, after the class:
//   CRAWLHUB_PLUGIN(Echo, .name = "handler-echo", .version = "1.0.0", .summary = "Sends back what it gets.")
// The rest are members of crawlhub::Descriptor. It is a constant: no code of the plugin runs before the host
// has checked it.
#define CRAWLHUB_PLUGIN(Class, ...)                    \
  constinit const crawlhub_plugin crawlhub_plugin_v1 = \
      ::crawlhub::detail::describe<Class>(::crawlhub::Descriptor{__VA_ARGS__});
