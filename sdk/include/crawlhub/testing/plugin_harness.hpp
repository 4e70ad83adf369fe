// Loads a built plugin and drives it as the host would, with a FakeHost behind it.
//
//   PluginHarness plugin(PLUGIN_FILE);           // the path of the .so
//   REQUIRE(plugin.start(R"({"greeting":"hi"})"));
//   Crawler crawler = plugin.connect();
//   const Exchange& answer = crawler.send(R"({"type":"echo","data":{"text":"x"}})");
//   CHECK(answer.replies.at(0).data == R"({"text":"x"})");
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dlfcn.h>

#include <crawlhub/abi/handler.h>
#include <crawlhub/abi/middleware.h>
#include <crawlhub/abi/notifier.h>
#include <crawlhub/abi/plugin.h>
#include <crawlhub/abi/storage.h>
#include <crawlhub/testing/fake_host.hpp>

namespace crawlhub::inline sdk::testing {

class PluginHarness;

// A connection to the plugin, as a test sees it. Copies are the same connection. Lives: as long as its
// harness.
class Crawler {
 public:
  Crawler(PluginHarness& plugin, FakeLink& link) : plugin_(&plugin), link_(&link) {}

  // A message. It goes to `handle` (or `before` of a middleware), and all that it submits gets its results,
  // before send returns. The exchange lives as long as the harness. Errors: std::invalid_argument where json
  // is no message.
  const Exchange& send(std::string_view json);
  const Exchange& hello(std::string_view data);
  const Exchange& tick();
  const Exchange& disconnect(std::string_view reason = "closed by the test");
  // All that was sent to it, by replies, tokens and Host::send.
  const std::vector<Sent>& received() const { return link_->received; }
  std::uint64_t id() const { return link_->raw(0).id; }

 private:
  friend class PluginHarness;
  PluginHarness* plugin_;
  FakeLink* link_;
};

// One instance of the plugin in a library. It is stopped, destroyed and unloaded at the end. Thread: one.
class PluginHarness {
 public:
  // Errors: std::runtime_error where there is no such plugin, with the reason.
  explicit PluginHarness(const std::string& file) : library_(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (!library_) throw std::runtime_error(dlerror());
    descriptor_ = static_cast<const crawlhub_plugin*>(dlsym(library_.get(), "crawlhub_plugin_v1"));
    if (!descriptor_) throw std::runtime_error(file + ": exports no crawlhub_plugin_v1");
    if (descriptor_->abi_major != CRAWLHUB_ABI_MAJOR) throw std::runtime_error(file + ": another abi_major");
  }
  PluginHarness(const PluginHarness&) = delete;
  PluginHarness& operator=(const PluginHarness&) = delete;
  ~PluginHarness() { stop(); }

  FakeHost& host() noexcept { return host_; }
  const crawlhub_plugin& descriptor() const noexcept { return *descriptor_; }

  // Creates the instance. config: JSON, as the host would hand it over: defaults filled in, durations and
  // sizes as integers. False where it refused; host().logs says why.
  bool create(std::string_view config = "{}");
  // Creates it, and starts it.
  bool start(std::string_view config = "{}");
  // Stops and destroys it; nothing where there is none. False where stop failed.
  bool stop(std::int64_t deadline_ns = INT64_MAX);

  Crawler connect(std::uint32_t flags = 0, std::string crawler_id = "");
  CommandResult command(const std::string& name, std::string_view arguments = "{}");
  // The text of a section that it registered. Errors: std::out_of_range where there is none.
  std::string section(const std::string& name, std::uint32_t kind = CRAWLHUB_SECTION_STATUS);
  // An event that it may have subscribed to. False where it did not.
  bool event(std::string_view name, std::string_view json);
  // Runs each timer once.
  void run_timers();

  // A middleware's answer to a message on its way out: what is sent, or nothing where it refused.
  struct Outbound {
    std::string job_member, type, job_id, data;
  };
  std::optional<Outbound> after(Crawler to, std::string_view type, std::string_view job_id,
                                std::string_view data, std::uint32_t tag = 0);
  // A notifier is told of problem.
  Outcome notify(const Problem& problem, std::uint64_t count = 1, bool recovered = false);

  // A storage: applies a batch, and answers a query.
  std::vector<ScriptedResult> commit(OpBuilder& ops);
  Answer query(std::uint32_t kind, std::string_view parameters, std::uint32_t lane = 0);

  // The C table, for what is not above. Null where the plugin is of another kind.
  const crawlhub_handler* handler() const { return table<crawlhub_handler>(CRAWLHUB_KIND_HANDLER); }
  const crawlhub_middleware* middleware() const {
    return table<crawlhub_middleware>(CRAWLHUB_KIND_MIDDLEWARE);
  }
  const crawlhub_storage* storage() const { return table<crawlhub_storage>(CRAWLHUB_KIND_STORAGE); }
  const crawlhub_notifier* notifier() const { return table<crawlhub_notifier>(CRAWLHUB_KIND_NOTIFIER); }
  void* self() const noexcept { return self_; }

 private:
  friend class Crawler;
  struct Closer {
    void operator()(void* library) const { dlclose(library); }
  };
  template <class T>
  const T* table(std::uint32_t kind) const {
    return descriptor_->kind == kind ? static_cast<const T*>(descriptor_->vtable) : nullptr;
  }
  // Calls visit with the table of the plugin's kind.
  template <class Visit>
  auto with_table(Visit visit) const;
  // Runs hook with a call on the link, then gives all results.
  template <class Hook>
  const Exchange& run(FakeLink& link, bool can_reply, Hook hook);
  crawlhub_status deliver(crawlhub_call* call, FakeMessage& message, const crawlhub_connection& connection);

  FakeHost host_;
  std::unique_ptr<void, Closer> library_;
  const crawlhub_plugin* descriptor_ = nullptr;
  void* self_ = nullptr;
  bool started_ = false;
};

}  // namespace crawlhub::inline sdk::testing

#include <crawlhub/testing/crawler_impl.hpp>
#include <crawlhub/testing/plugin_harness_impl.hpp>
