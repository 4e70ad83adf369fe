#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "host/app/identity.hpp"
#include "host/app/plugin_set.hpp"
#include "host/app/timers.hpp"
#include "host/commands/registry.hpp"
#include "host/config/load.hpp"
#include "host/core/thread_pool.hpp"
#include "host/errors/manager.hpp"
#include "host/events/bus.hpp"
#include "host/net/listener.hpp"
#include "host/net/workers.hpp"
#include "host/observe/log.hpp"
#include "host/observe/metrics.hpp"
#include "host/pipeline/pipeline.hpp"
#include "host/plugin/adapters/storage_backend.hpp"
#include "host/plugin/ports.hpp"
#include "host/storage/requests.hpp"
#include "host/storage/writer.hpp"

namespace crawlhub {

// How the hub is: ok, or what is wrong, one sentence each.
struct Health {
  bool ready = false;
  std::vector<std::string> problems;
  std::string_view word() const { return !ready ? "starting" : problems.empty() ? "ok" : "degraded"; }
};

// A running hub: joins the layers and owns them all. Thread: the one that constructs it is control; it
// starts, runs and stops it. The functions of Services and what says so are for any thread.
class Hub final : public Services, public NetObserver {
 public:
  Hub(ConfigResult config, Environment environment, Logger& logger);
  ~Hub() override;

  // Loads and starts the plugins, recovers the storage, opens the sockets. Errors name the config's place.
  Status start();
  // Instead of start: what would keep it from starting, one sentence each, with its place. Changes nothing.
  std::vector<std::string> probe();
  // Serves until request_stop().
  void run();
  // No waiting for jobs: flushes, answers, says shutdown to those that said hello, and closes all connections
  // last.
  void stop();
  void request_stop(std::string_view reason);  // Thread: any

  // ---- Thread: any ----
  Health health() const;
  const Config& config() const { return config_.config; }
  CommandRegistry& commands() { return commands_; }
  MetricsRegistry& metrics() { return metrics_; }
  EventBus& bus() { return bus_; }
  ErrorManager& errors() { return *errors_; }
  Workers& workers() { return *workers_; }
  Writer& writer() { return *writer_; }
  PluginSet& plugins() { return plugins_; }
  const Pipeline& pipeline() const { return *pipeline_; }
  StorageRequests& requests() { return *requests_; }
  std::int64_t uptime_ns() const;
  void begin_drain() { state_.fetch_or(CRAWLHUB_STATE_DRAINING); }
  bool stopping() const { return (state() & CRAWLHUB_STATE_STOPPING) != 0; }
  // Asks every section of the kind; Thread: pool.
  std::map<std::string, std::string> sections(std::uint32_t kind);

  // Services
  crawlhub_status token_reply(crawlhub_token token, std::string_view type, std::string_view job_id,
                              std::string_view data) override;
  crawlhub_status complete(crawlhub_token token, std::int32_t code, std::string_view text) override;
  crawlhub_status commit(Instance& instance, const crawlhub_op* ops, std::uint64_t count,
                         crawlhub_continuation then, void* context) override;
  crawlhub_status query(std::uint32_t kind, std::string_view parameters, crawlhub_sink sink,
                        void* context) override;
  crawlhub_status send(std::uint64_t connection, std::string_view type, std::string_view job_id,
                       std::string_view data) override;
  crawlhub_status close(std::uint64_t connection, std::int32_t code, std::string_view reason) override;
  crawlhub_status every(Instance& instance, std::int64_t period_ns, crawlhub_timer fn,
                        void* context) override;
  void publish(std::string_view name, std::string_view json) override { bus_.publish(name, json); }
  void raise(const crawlhub_error& error, std::string_view plugin) override;
  std::uint32_t lane_count() const override;
  std::uint32_t lane() const override;
  std::uint32_t state() const override { return state_.load(std::memory_order_relaxed); }
  std::string_view hub_id() const override { return identity_.hub_id; }
  std::string_view incarnation() const override { return identity_.incarnation; }
  std::string_view state_directory() const override { return config().state_directory; }
  std::string_view config_directory() const override { return config().directory; }

  // NetObserver
  void error(std::int32_t code, std::string_view text, const ConnectionView& connection,
             std::string_view job_id) override;
  void connection_event(std::string_view event, const ConnectionView& connection,
                        std::string_view reason) override;

 private:
  Loader loader();
  Status start_storage();
  Status start_plugins();
  Status open_listeners();
  Status open_faces();
  void join_errors();
  void stop_plugins();

  ConfigResult config_;
  const Environment environment_;
  Logger& logger_;
  Identity identity_;
  std::int64_t started_ns_ = 0;  // monotonic
  std::atomic<std::uint32_t> state_{0};
  std::atomic<bool> ready_{false};

  boost::asio::io_context io_;  // control's: listeners, admin, HTTP, timers, signals
  ThreadPool pool_;
  EventBus bus_;
  CommandRegistry commands_;
  MetricsRegistry metrics_;
  std::unique_ptr<ErrorManager> errors_;
  PluginTimers timers_;
  PluginSet plugins_;
  std::unique_ptr<StorageBackend> backend_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<StorageRequests> requests_;
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<Workers> workers_;
  std::vector<ListeningSocket> sockets_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  struct Faces;
  std::unique_ptr<Faces> faces_;  // admin socket and HTTP
  std::vector<std::unique_ptr<Subscription>> subscriptions_;
  std::vector<MetricsRegistry::Registration> collectors_;
};

}  // namespace crawlhub
