#include "host/app/hub.hpp"

#include <algorithm>
#include <csignal>

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include "host/app/error_records.hpp"
#include "host/app/faces.hpp"
#include "host/app/host_commands.hpp"
#include "host/app/hub_metrics.hpp"
#include "host/app/listener_options.hpp"
#include "host/core/clock.hpp"
#include "host/core/lane.hpp"
#include "host/version.hpp"

namespace crawlhub {

namespace {

constexpr std::uint32_t kPoolThreads = 4;
constexpr std::chrono::seconds kPluginStop{5};
constexpr std::size_t kEventBound = 10'000;

// Lanes in the order of docs/architecture.md: workers, control, writer, readers, pool.
std::uint32_t control_lane(const Config& config) {
  return config.workers;
}
std::uint32_t writer_lane(const Config& config) {
  return config.workers + 1;
}
std::uint32_t pool_lane(const Config& config) {
  return config.workers + 2 + config.storage.readers;
}

NetLimits net_limits(const Config& config) {
  NetLimits limits;
  limits.connections = config.limits.connections;
  limits.message_size = config.limits.message_size;
  limits.write_queue = config.limits.write_queue;
  limits.large_messages = std::max(config.limits.large_messages, config.limits.message_size);
  limits.max_errors = config.max_errors;
  limits.slow_consumer_ns = config.limits.slow_consumer.count();
  limits.idle_ns = config.limits.idle.count();
  limits.heartbeat_interval_ns = config.heartbeat.interval.count();
  limits.heartbeat_timeout_ns = config.heartbeat.timeout.count();
  return limits;
}

}  // namespace

Hub::Hub(ConfigResult config, Environment environment, Logger& logger)
    : config_(std::move(config)),
      environment_(std::move(environment)),
      logger_(logger),
      io_(1),
      pool_(
          {.name = "pool", .threads = kPoolThreads, .queue = 4096, .first_lane = pool_lane(config_.config)}),
      // Its thread calls plugins, so it has a lane: the last.
      bus_({.threads = 1, .first_lane = pool_lane(config_.config) + kPoolThreads}),
      errors_(std::make_unique<ErrorManager>(ErrorManager::Options{}, logger_, bus_, pool_)),
      timers_(io_, pool_) {
  set_current_lane(control_lane(config_.config));
}

Hub::~Hub() = default;

Status Hub::start() {
  started_ns_ = monotonic_ns();
  auto identity = load_identity(config().state_directory);
  if (!identity) return std::move(identity).status();
  identity_ = std::move(*identity);
  // First of all: a second hub on the same sockets must not touch the database.
  if (Status status = open_listeners(); !status) return status;
  if (Status status = plugins_.load(config_, environment_, loader(), logger_); !status) return status;
  if (Status status = start_storage(); !status) return status;
  if (Status status = start_plugins(); !status) return status;
  join_errors();
  if (Status status = add_host_commands(*this); !status) return status;
  collectors_.push_back(
      metrics_.add([this](std::vector<MetricFamily>& families) { collect_metrics(*this, families); }));
  if (Status status = open_faces(); !status) return status;
  workers_->start();
  for (auto& listener : listeners_) listener->start();
  ready_.store(true);
  logger_.info("hub", "ready",
               {{"version", kVersion}, {"hub", identity_.hub_id}, {"durability", backend_->durability()}});
  return {};
}

Status Hub::open_listeners() {
  for (const ListenerConfig& listener : config().listeners) {
    auto socket = ListeningSocket::open(listener_options(listener));
    if (!socket) return std::move(socket).status();
    sockets_.push_back(std::move(*socket));
  }
  return {};
}

Loader Hub::loader() {
  Loader::Options options;
  for (const std::string& path : config().plugin_path) options.plugin_path.emplace_back(path);
  options.control_lane = control_lane(config());
  return {std::move(options), *this, logger_};
}

Status Hub::start_storage() {
  const auto is_storage = [](const Instance& instance) { return instance.kind() == CRAWLHUB_KIND_STORAGE; };
  if (Status status = plugins_.start(is_storage, logger_); !status) return status;
  if (!plugins_.storage()) return Status(CRAWLHUB_E_BAD_CONFIG, "plugins: the storage did not start");
  backend_ = std::make_unique<StorageBackend>(plugins_.storage());
  const StorageConfig& storage = config().storage;
  writer_ = std::make_unique<Writer>(
      *backend_,
      WriterOptions{.batch = storage.batch, .hold = config().limits.hold, .lane = writer_lane(config())});
  requests_ = std::make_unique<StorageRequests>(*backend_, *writer_, storage.readers);
  writer_->start();
  return {};
}

Status Hub::start_plugins() {
  const auto others = [](const Instance& instance) { return instance.kind() != CRAWLHUB_KIND_STORAGE; };
  // Workers exist before the plugins start: a plugin may name a connection from its own thread at once.
  Workers::Options options;
  options.count = config().workers;
  options.lane.batch = config().storage.batch;
  options.lane.most_ops = std::max<std::size_t>(config().storage.queue / config().workers, 1);
  options.limits = net_limits(config());
  options.durability = backend_->durability();
  options.version = kVersion;
  options.capabilities = {"acks", "errors"};
  for (const Instance* instance : plugins_.serving()) {
    for (const std::string& name : instance->capabilities()) options.capabilities.insert(name);
  }
  workers_ = std::make_unique<Workers>(std::move(options), *writer_, *this);
  for (std::size_t i = 0; i < sockets_.size(); ++i) {
    listeners_.push_back(std::make_unique<Listener>(io_, listener_options(config().listeners[i]),
                                                    std::move(sockets_[i]), *workers_));
  }
  if (Status status = plugins_.start(others, logger_); !status) return status;
  pipeline_ = std::make_unique<Pipeline>(plugins_.serving());
  workers_->use(*pipeline_);
  for (Instance* instance : plugins_.serving()) {
    for (Command& command : instance->commands()) {
      if (!commands_.add(std::move(command)))
        logger_.error(instance->name(), "a command of this name exists already; it is left out");
    }
    for (const std::string& prefix : instance->subscriptions()) {
      subscriptions_.push_back(bus_.subscribe(prefix, kEventBound, [instance](const Event& event) {
        instance->deliver_event(event.name, event.json);
      }));
    }
  }
  return {};
}

void Hub::join_errors() {
  errors_->set_sink([this](const std::vector<ErrorRecord>& records) { keep_errors(*requests_, records); });
  for (Instance* instance : plugins_.serving()) {
    if (instance->kind() != CRAWLHUB_KIND_NOTIFIER) continue;
    errors_->add_notifier(instance->name(),
                          [instance](const ErrorNotice& notice) { return notify(*instance, notice); });
  }
}

Status Hub::open_faces() {
  auto faces = Faces::open(*this, io_, pool_);
  if (!faces) return std::move(faces).status();
  faces_ = std::move(*faces);
  return {};
}

void Hub::run() {
  boost::asio::signal_set signals(io_, SIGINT, SIGTERM);
  signals.async_wait([this](const boost::system::error_code& error, int signal) {
    if (!error) request_stop(signal == SIGINT ? "SIGINT" : "SIGTERM");
  });
  const auto guard = boost::asio::make_work_guard(io_);
  io_.run();
}

void Hub::request_stop(std::string_view reason) {
  if ((state_.fetch_or(CRAWLHUB_STATE_DRAINING | CRAWLHUB_STATE_STOPPING) & CRAWLHUB_STATE_STOPPING) != 0)
    return;
  logger_.info("hub", "stopping", {{"reason", reason}});
  boost::asio::post(io_, [this] { io_.stop(); });
}

void Hub::stop() {
  state_.fetch_or(CRAWLHUB_STATE_DRAINING | CRAWLHUB_STATE_STOPPING);
  ready_.store(false);
  for (auto& listener : listeners_) listener->stop();
  timers_.stop();
  if (workers_ && pipeline_) workers_->close_all("the hub is stopping", config().shutdown_timeout.count());
  if (faces_) faces_->stop();
  // What the faces were still answering, and the listeners' last callbacks.
  io_.restart();
  io_.poll();
  subscriptions_.clear();
  errors_->flush();
  if (workers_) workers_->stop();
  listeners_.clear();
  sockets_.clear();
  stop_plugins();
  logger_.info("hub", "stopped", {{"uptime_seconds", uptime_ns() / 1'000'000'000}});
}

void Hub::stop_plugins() {
  for (const Instance* instance : plugins_.serving()) commands_.remove_owner(instance->name());
  collectors_.clear();
  errors_->set_sink({});
  plugins_.stop(
      kPluginStop,
      [this] {
        pool_.stop();
        if (writer_) writer_->stop();
      },
      logger_);
}

Health Hub::health() const {
  Health health;
  health.ready = ready_.load();
  for (const PluginSlot& slot : plugins_.slots()) {
    const bool given_up = slot.instance && slot.instance->state() == Instance::State::abandoned;
    if (given_up) {
      health.problems.push_back(slot.instance->reason());
    } else if (!slot.serves()) {
      health.problems.push_back(slot.problem);
    }
  }
  if (writer_ && writer_->outage()) health.problems.emplace_back("storage: it cannot commit; see the log");
  return health;
}

std::int64_t Hub::uptime_ns() const {
  return monotonic_ns() - started_ns_;
}

std::map<std::string, std::string> Hub::sections(std::uint32_t kind) {
  std::map<std::string, std::string> texts;
  for (Instance* instance : plugins_.serving()) {
    for (const RegisteredSection& section : instance->sections()) {
      std::string text;
      if (section.kind == kind && instance->run_section(section, text)) texts[section.name] = std::move(text);
    }
  }
  return texts;
}

}  // namespace crawlhub
