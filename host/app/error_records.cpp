#include "host/app/error_records.hpp"

#include <crawlhub/abi/notifier.h>
#include <crawlhub/ops.hpp>

namespace crawlhub {

namespace {

std::string text_of(const crawlhub_str& text) {
  return {text.ptr, text.len};
}
crawlhub_str str_of(const std::string& text) {
  return {text.data(), text.size()};
}

}  // namespace

ErrorRecord error_record(const crawlhub_error& error, std::string_view plugin) {
  ErrorRecord record;
  record.code = error.code;
  record.severity = error.severity;
  record.message = text_of(error.message);
  record.details = text_of(error.details);
  record.stack = text_of(error.stack);
  record.connection = text_of(error.connection);
  record.job = text_of(error.job);
  record.crawler = text_of(error.crawler);
  record.account = text_of(error.account);
  record.plugin = plugin;
  return record;
}

void keep_errors(StorageRequests& requests, const std::vector<ErrorRecord>& records) {
  OpBuilder ops;
  for (const ErrorRecord& record : records) {
    auto op = ops.add<crawlhub_error_add>(CRAWLHUB_OP_ERROR_ADD, 0, record.id);
    op->code = record.code;
    op->category = record.category;
    op->severity = record.severity;
    op->now_ns = record.time_ns;
    op.text(&crawlhub_error_add::message, record.message);
    op.text(&crawlhub_error_add::details, record.details);
    op.text(&crawlhub_error_add::stack, record.stack);
    op.text(&crawlhub_error_add::connection, record.connection);
    op.text(&crawlhub_error_add::job, record.job);
    op.text(&crawlhub_error_add::crawler, record.crawler);
    op.text(&crawlhub_error_add::account, record.account);
  }
  if (records.empty()) return;
  const auto list = ops.ops();
  requests.commit(list.data(), list.size(), [](const auto&) {});
}

bool notify(Instance& notifier, const ErrorNotice& notice) {
  crawlhub_notice out{};
  out.struct_size = sizeof(out);
  out.kind = notice.recovered ? CRAWLHUB_NOTICE_RECOVERED : CRAWLHUB_NOTICE_RAISED;
  out.count = notice.count;
  out.first_ns = notice.first_ns;
  out.last_ns = notice.last_ns;
  const ErrorRecord& newest = notice.newest;
  out.error.struct_size = sizeof(out.error);
  out.error.code = newest.code;
  out.error.severity = newest.severity;
  out.error.message = str_of(newest.message);
  out.error.details = str_of(newest.details);
  out.error.stack = str_of(newest.stack);
  out.error.connection = str_of(newest.connection);
  out.error.job = str_of(newest.job);
  out.error.crawler = str_of(newest.crawler);
  out.error.account = str_of(newest.account);
  return notifier.notify(out) == CRAWLHUB_OK;
}

}  // namespace crawlhub
