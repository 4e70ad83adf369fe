// What plugins and connections ask of the hub.
#include "host/app/error_records.hpp"
#include "host/app/hub.hpp"
#include "host/core/clock.hpp"
#include "host/core/json_text.hpp"
#include "host/core/lane.hpp"
#include "host/pipeline/deferred.hpp"
#include "host/plugin/call_scope.hpp"

namespace crawlhub {

crawlhub_status Hub::token_reply(crawlhub_token token, std::string_view type, std::string_view job_id,
                                 std::string_view data) {
  const std::uint32_t lane = Deferred::lane_of(token);
  if (!workers_ || lane >= workers_->count()) return CRAWLHUB_GONE;
  return workers_->worker(lane).lane().token_reply(token, type, job_id, data);
}

crawlhub_status Hub::complete(crawlhub_token token, std::int32_t code, std::string_view text) {
  const std::uint32_t lane = Deferred::lane_of(token);
  if (!workers_ || lane >= workers_->count()) return CRAWLHUB_GONE;
  return workers_->worker(lane).lane().complete(token, code, text);
}

crawlhub_status Hub::commit(Instance& instance, const crawlhub_op* ops, std::uint64_t count,
                            crawlhub_continuation then, void* context) {
  if (!requests_) return CRAWLHUB_FAILED;
  bool failed = false;
  requests_->commit(ops, count, [&](const std::vector<crawlhub_result>& results) {
    for (const crawlhub_result& result : results) failed = failed || result.status == CRAWLHUB_RESULT_FAILED;
    if (then == nullptr) return;
    const CallScope scope(instance, current_lane(), Place::pool);
    then(instance.self(), nullptr, results.data(), results.size(), sizeof(crawlhub_result), context);
  });
  return failed ? CRAWLHUB_FAILED : CRAWLHUB_OK;
}

crawlhub_status Hub::query(std::uint32_t kind, std::string_view parameters, crawlhub_sink sink,
                           void* context) {
  if (!requests_) return CRAWLHUB_FAILED;
  return requests_->query(kind, parameters, [&](std::string_view text) {
    sink(context, {text.data(), text.size()});
  });
}

crawlhub_status Hub::send(std::uint64_t connection, std::string_view type, std::string_view job_id,
                          std::string_view data) {
  return workers_ ? workers_->send(connection, type, job_id, data) : CRAWLHUB_GONE;
}

crawlhub_status Hub::close(std::uint64_t connection, std::int32_t code, std::string_view reason) {
  return workers_ ? workers_->close(connection, code, reason) : CRAWLHUB_GONE;
}

crawlhub_status Hub::every(Instance& instance, std::int64_t period_ns, crawlhub_timer fn, void* context) {
  if (period_ns <= 0 || fn == nullptr) return CRAWLHUB_INVALID;
  timers_.add(instance, period_ns, fn, context);
  return CRAWLHUB_OK;
}

void Hub::raise(const crawlhub_error& error, std::string_view plugin) {
  errors_->raise(error_record(error, plugin));
}

std::uint32_t Hub::lane_count() const {
  // Workers, control, writer, readers, pool, the event bus.
  return config().workers + 2 + config().storage.readers + static_cast<std::uint32_t>(pool_.size()) + 1;
}

std::uint32_t Hub::lane() const {
  const std::uint32_t lane = current_lane();
  return lane == kNoLane ? lane_count() : lane;
}

void Hub::error(std::int32_t code, std::string_view text, const ConnectionView& connection,
                std::string_view job_id) {
  ErrorRecord record;
  record.code = code;
  record.message = text;
  record.connection = connection.name;
  record.crawler = connection.crawler_id;
  record.job = job_id;
  JsonWriter(record.details)
      .begin_object()
      .field("remoteAddress", connection.remote_address)
      .field("listener", connection.listener)
      .end_object();
  errors_->raise(std::move(record));
}

void Hub::connection_event(std::string_view event, const ConnectionView& connection,
                           std::string_view reason) {
  const LogLevel level = event == "authenticated" ? LogLevel::debug : LogLevel::info;
  logger_.log(level, "hub", "connection " + std::string(event),
              {{"connection", connection.name},
               {"crawler", connection.crawler_id},
               {"remote", connection.remote_address},
               {"reason", reason}});
  const std::string name = "connection." + std::string(event);
  if (!bus_.wanted(name)) return;
  std::string json;
  JsonWriter writer(json);
  writer.begin_object()
      .field("component", "messageBus")
      .field("status", event)
      .field("connectionId", connection.name);
  if (!connection.crawler_id.empty()) writer.field("crawlerId", connection.crawler_id);
  if (!reason.empty()) writer.field("reason", reason);
  writer.field("timestamp", format_iso8601(wall_ns())).end_object();
  bus_.publish(name, json);
}

}  // namespace crawlhub
