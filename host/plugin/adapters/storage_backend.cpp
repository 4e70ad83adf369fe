#include "host/plugin/adapters/storage_backend.hpp"

#include <cassert>
#include <string>
#include <utility>

#include "host/core/lane.hpp"
#include "host/observe/log.hpp"
#include "host/plugin/call_scope.hpp"

namespace crawlhub {

namespace {

constexpr std::int32_t kUnset = INT32_MIN;  // of a result that the backend did not fill
constexpr std::string_view kNoReason = "the storage gave no reason; see the hub's log";
constexpr std::string_view kGarbage = "the storage answered with something that is no result";

crawlhub_str str(std::string_view text) {
  return {text.data(), text.size()};
}

crawlhub_result failed(std::string_view text) {
  crawlhub_result result{};
  result.struct_size = sizeof(crawlhub_result);
  result.status = CRAWLHUB_RESULT_FAILED;
  result.code = CRAWLHUB_E_STORAGE_FAILED;
  result.text = str(text);
  return result;
}

bool readable(const crawlhub_result& result) {
  return (result.text.ptr != nullptr || result.text.len == 0) &&
         (result.body != nullptr || result.body_size == 0) &&
         reinterpret_cast<std::uintptr_t>(result.body) % 8 == 0;
}

bool valid(const crawlhub_result& result) {
  return result.status >= CRAWLHUB_RESULT_OK && result.status <= CRAWLHUB_RESULT_FAILED && readable(result);
}

struct QuerySink {
  const std::function<void(std::string_view)>& to;
  bool answered = false;
};

void take_answer(void* context, crawlhub_str text) noexcept {
  auto& sink = *static_cast<QuerySink*>(context);
  if (std::exchange(sink.answered, true)) return;  // once
  try {
    sink.to(text.ptr == nullptr ? std::string_view() : std::string_view(text.ptr, text.len));
  } catch (...) {
    sink.answered = false;
  }
}

}  // namespace

StorageBackend::StorageBackend(std::shared_ptr<Instance> instance)
    : instance_(std::move(instance)), table_(*instance_->storage()) {}

void StorageBackend::commit(const crawlhub_op* ops, std::size_t count, crawlhub_result* results) {
  for (std::size_t i = 0; i < count; ++i) {
    results[i] = crawlhub_result{};
    results[i].struct_size = sizeof(crawlhub_result);
    results[i].status = kUnset;
  }
  CallScope scope(*instance_, current_lane(), Place::writer);
  const crawlhub_status status =
      table_.commit(instance_->self(), ops, count, sizeof(crawlhub_op), results, sizeof(crawlhub_result));
  if (status != CRAWLHUB_OK) {
    scope.failed();
    refuse_all(results, count);
    return;
  }
  bool garbage = false;
  for (std::size_t i = 0; i < count; ++i) {
    if (valid(results[i])) continue;
    results[i] = failed(kGarbage);
    garbage = true;
  }
  if (!garbage) return;
  scope.failed();
  instance_->logger().error(instance_->name(), "commit left results that are none, which count as failed");
}

void StorageBackend::refuse_all(crawlhub_result* results, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    crawlhub_result& result = results[i];
    const bool has_reason =
        result.status == CRAWLHUB_RESULT_FAILED && readable(result) && result.text.len != 0;
    const crawlhub_str reason = result.text;
    result = failed(kNoReason);
    if (has_reason) result.text = reason;
  }
}

bool StorageBackend::maintain() {
  if (table_.maintain == nullptr) return false;
  const CallScope scope(*instance_, current_lane(), Place::writer);
  return table_.maintain(instance_->self()) == 1;
}

crawlhub_status StorageBackend::query(std::uint32_t lane, std::uint32_t kind, std::string_view parameters,
                                      const std::function<void(std::string_view)>& sink) {
  CallScope scope(*instance_, current_lane(), Place::reader);
  QuerySink answer{sink};
  const crawlhub_status status =
      table_.query(instance_->self(), lane, kind, str(parameters), take_answer, &answer);
  if (status == CRAWLHUB_REFUSED && answer.answered) return status;
  if (status == CRAWLHUB_OK && answer.answered) return status;
  scope.failed();
  if (!answer.answered) take_answer(&answer, str(status == CRAWLHUB_OK ? kGarbage : kNoReason));
  return status == CRAWLHUB_REFUSED ? CRAWLHUB_REFUSED : CRAWLHUB_FAILED;
}

std::string_view StorageBackend::durability() const {
  const crawlhub_str text = table_.durability(instance_->self());
  return text.ptr == nullptr ? std::string_view("none") : std::string_view(text.ptr, text.len);
}

}  // namespace crawlhub
