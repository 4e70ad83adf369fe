// A notifier: tells people about errors that passed the threshold.
#pragma once

#include <cstdint>
#include <string_view>

#include <crawlhub/abi/notifier.h>
#include <crawlhub/plugin.hpp>

namespace crawlhub::inline sdk {

// What to tell. A view: lives until notify returns. Thread: [pool].
class Notice {
 public:
  explicit Notice(const crawlhub_notice& raw) noexcept : raw_(&raw) {}

  // The trouble is over, rather than here.
  bool recovered() const noexcept { return raw_->kind == CRAWLHUB_NOTICE_RECOVERED; }
  // Errors of this kind since the last notice, and when the first and the last happened (wall clock).
  std::uint64_t count() const noexcept { return raw_->count; }
  std::int64_t first_ns() const noexcept { return raw_->first_ns; }
  std::int64_t last_ns() const noexcept { return raw_->last_ns; }
  // The newest of them. code: CRAWLHUB_E_*; severity: CRAWLHUB_SEVERITY_*, never 0 here.
  std::int32_t code() const noexcept { return raw_->error.code; }
  std::int32_t severity() const noexcept { return raw_->error.severity; }
  std::string_view message() const noexcept { return view(raw_->error.message); }
  // A JSON object, or empty.
  std::string_view details() const noexcept { return view(raw_->error.details); }
  std::string_view stack() const noexcept { return view(raw_->error.stack); }
  // Ids, or empty.
  std::string_view connection() const noexcept { return view(raw_->error.connection); }
  std::string_view job() const noexcept { return view(raw_->error.job); }
  std::string_view crawler() const noexcept { return view(raw_->error.crawler); }
  std::string_view account() const noexcept { return view(raw_->error.account); }

 private:
  const crawlhub_notice* raw_;
};

class Notifier : public Plugin {
 public:
  using Plugin::Plugin;
  // [pool] May wait; a slow one delays no message. Returns kOk, or kFailed after host().error(): it is tried
  // again.
  virtual Outcome notify(const Notice& notice) = 0;
};

namespace detail {

template <class P>
requires std::derived_from<P, Notifier>
struct Table<P> {
  using L = Life<P>;
  static constexpr std::uint32_t kKind = CRAWLHUB_KIND_NOTIFIER;

  static crawlhub_status notify(void* self, const crawlhub_notice* notice) noexcept {
    return L::run(self, "notify", [&](P& p) { return p.P::notify(Notice(*notice)); });
  }

  static constexpr crawlhub_notifier make() {
    crawlhub_notifier table{};
    L::fill(table);
    table.notify = &notify;
    return table;
  }
  static constexpr crawlhub_notifier value = make();
};

}  // namespace detail

}  // namespace crawlhub::inline sdk
