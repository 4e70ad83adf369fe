#include "host/plugin/host_table.hpp"

#include <string>
#include <type_traits>

#include "host/core/clock.hpp"
#include "host/core/lane.hpp"
#include "host/observe/log.hpp"
#include "host/plugin/host_functions.hpp"
#include "host/plugin/ports.hpp"

namespace crawlhub {

static_assert(std::is_standard_layout_v<HostTable>, "the address of `table` is that of the whole");

namespace host_functions {

namespace {

Services& services(const crawlhub_host* host) {
  return table_of(host)->instance->services();
}

LogLevel level_of(std::int32_t level) {
  return static_cast<LogLevel>(std::clamp(level, CRAWLHUB_LOG_TRACE, CRAWLHUB_LOG_ERROR));
}

void log(const crawlhub_host* host, std::int32_t level, crawlhub_str text) noexcept {
  if (host == nullptr || !valid(text)) return;
  guarded([&] {
    Instance& instance = *table_of(host)->instance;
    if (level >= CRAWLHUB_LOG_ERROR) instance.note_complaint(view(text));
    instance.logger().log(level_of(level), instance.name(), view(text));
    return CRAWLHUB_OK;
  });
}

std::int32_t log_enabled(const crawlhub_host* host, std::int32_t level) noexcept {
  return host != nullptr && table_of(host)->instance->logger().enabled(level_of(level)) ? 1 : 0;
}

std::int64_t now_ns(const crawlhub_host*) noexcept {
  return crawlhub::wall_ns();
}
std::int64_t monotonic_ns(const crawlhub_host*) noexcept {
  return crawlhub::monotonic_ns();
}

std::uint32_t lane_count(const crawlhub_host* host) noexcept {
  return host == nullptr ? 0 : services(host).lane_count();
}
std::uint32_t lane(const crawlhub_host* host) noexcept {
  if (host == nullptr) return 0;
  return std::min(current_lane(), services(host).lane_count());
}
std::uint32_t state(const crawlhub_host* host) noexcept {
  return host == nullptr ? 0 : services(host).state();
}

crawlhub_str hub_id(const crawlhub_host* host) noexcept {
  return host == nullptr ? crawlhub_str{} : str(services(host).hub_id());
}
crawlhub_str incarnation(const crawlhub_host* host) noexcept {
  return host == nullptr ? crawlhub_str{} : str(services(host).incarnation());
}
crawlhub_str state_directory(const crawlhub_host* host) noexcept {
  return host == nullptr ? crawlhub_str{} : str(services(host).state_directory());
}
crawlhub_str config_directory(const crawlhub_host* host) noexcept {
  return host == nullptr ? crawlhub_str{} : str(services(host).config_directory());
}

// An object, as far as its ends show; whole checks are the senders'.
bool looks_like_object(std::string_view json) {
  return json.size() >= 2 && json.front() == '{' && json.back() == '}' &&
         json.find('\n') == std::string_view::npos;
}

void publish(const crawlhub_host* host, crawlhub_str name, crawlhub_str json) noexcept {
  if (host == nullptr || !valid(name) || !valid(json)) return;
  guarded([&] {
    Instance& instance = *table_of(host)->instance;
    if (!looks_like_object(view(json)) || name.len == 0) {
      instance.logger().warn(instance.name(),
                             "published an event that is not a JSON object on one line, which was dropped",
                             {{"event", view(name)}});
      return CRAWLHUB_INVALID;
    }
    services(host).publish(view(name), view(json));
    return CRAWLHUB_OK;
  });
}

void raise(const crawlhub_host* host, const crawlhub_error* error) noexcept {
  if (host == nullptr) return;
  guarded([&] {
    const auto copy = copy_struct(error);
    if (!copy) return CRAWLHUB_INVALID;
    services(host).raise(*copy, table_of(host)->instance->name());
    return CRAWLHUB_OK;
  });
}

crawlhub_status send(const crawlhub_host* host, std::uint64_t connection, crawlhub_str type,
                     crawlhub_str job_id, crawlhub_str data) noexcept {
  if (host == nullptr || !valid(type) || !valid(job_id) || !valid(data) || type.len == 0)
    return CRAWLHUB_INVALID;
  return guarded([&] { return services(host).send(connection, view(type), view(job_id), view(data)); });
}

crawlhub_status close(const crawlhub_host* host, std::uint64_t connection, std::int32_t code,
                      crawlhub_str reason) noexcept {
  if (host == nullptr || !valid(reason)) return CRAWLHUB_INVALID;
  return guarded([&] { return services(host).close(connection, code, view(reason)); });
}

crawlhub_status every(const crawlhub_host* host, std::int64_t period_ns, crawlhub_timer fn,
                      void* context) noexcept {
  if (host == nullptr || fn == nullptr || period_ns <= 0) return CRAWLHUB_INVALID;
  Instance& instance = *table_of(host)->instance;
  const Instance::State now = instance.state();
  if (now != Instance::State::starting && now != Instance::State::serving) {
    instance.logger().error(instance.name(),
                            "called every outside its service: not before start, not after stop");
    return CRAWLHUB_INVALID;
  }
  return guarded([&] { return services(host).every(instance, period_ns, fn, context); });
}

// No extension is defined yet at this minor.
const void* extension(const crawlhub_host*, crawlhub_str) noexcept {
  return nullptr;
}

}  // namespace

void fill_anywhere(crawlhub_host& table) {
  table.log = log;
  table.log_enabled = log_enabled;
  table.now_ns = now_ns;
  table.monotonic_ns = monotonic_ns;
  table.lane_count = lane_count;
  table.lane = lane;
  table.state = state;
  table.hub_id = hub_id;
  table.incarnation = incarnation;
  table.state_directory = state_directory;
  table.config_directory = config_directory;
  table.publish = publish;
  table.raise = raise;
  table.send = send;
  table.close = close;
  table.every = every;
  table.extension = extension;
}

}  // namespace host_functions

std::unique_ptr<HostTable> make_host_table(Instance& instance, Registrations& registrations) {
  auto host = std::make_unique<HostTable>();
  host->instance = &instance;
  host->registrations = &registrations;
  host->table.struct_size = sizeof(crawlhub_host);
  host->table.abi_minor = CRAWLHUB_ABI_MINOR;
  host_functions::fill_registration(host->table);
  host_functions::fill_calls(host->table);
  host_functions::fill_waiting(host->table);
  host_functions::fill_anywhere(host->table);
  return host;
}

}  // namespace crawlhub
