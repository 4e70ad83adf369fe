// A storage backend: durable state behind one contract (docs/architecture.md, "Storage").
#pragma once

#include <cstdint>
#include <string_view>

#include <crawlhub/abi/storage.h>
#include <crawlhub/plugin.hpp>

namespace crawlhub::inline sdk {

// A batch; Body<T> (flat.hpp) reads an operation's body.
using Ops = Strided<const crawlhub_op>;
// Its results, to be filled: all zero but for struct_size, status OK, before commit.
using ResultSlots = Strided<crawlhub_result>;

// What commit, maintain and query share they guard themselves: commit and maintain run on the writer, one at
// a time; queries on the readers, at the same time as both.
class Storage : public Plugin {
 public:
  using Plugin::Plugin;

  // Opens, migrates, replays. [control] May wait. Returns kOk, or kFailed after host().error().
  Outcome start() override = 0;
  // Flushes and closes what start opened; no commit or query runs or follows. [control] May wait.
  Outcome stop(std::int64_t deadline_ns) override = 0;

  // Applies ops in their order, with one flush, and fills results[i] for ops[i]; a refused one never spoils
  // its neighbours. When it returns, what was accepted is as durable as durability() says. [writer] May wait.
  // Texts and bodies of results live until the next commit. Returns kOk; kFailed where nothing could be
  // applied (disk full). What it throws counts as that.
  virtual Outcome commit(Ops ops, ResultSlots results) = 0;
  // Housekeeping between batches, a few milliseconds at most. [writer] Returns whether more is to be done at
  // once.
  virtual bool maintain() { return false; }
  // Answers a query of that kind (CRAWLHUB_QUERY_*) with JSON to sink, once. It sees every operation whose
  // result was told. [reader], one call a lane at a time, several lanes at once. lane: from 0. May wait.
  // Returns kOk; kRefused or kFailed with the reason given to sink.
  virtual Outcome query(std::uint32_t lane, std::uint32_t kind, std::string_view parameters, Sink sink) = 0;
  // "full", "relaxed" or "none". [any] Lives: until destroyed.
  virtual std::string_view durability() const = 0;
};

namespace detail {

template <class P>
requires std::derived_from<P, Storage>
struct Table<P> {
  using L = Life<P>;
  static constexpr std::uint32_t kKind = CRAWLHUB_KIND_STORAGE;

  static crawlhub_status commit(void* self, const crawlhub_op* ops, std::uint64_t count,
                                std::uint64_t op_stride, crawlhub_result* results,
                                std::uint64_t result_stride) noexcept {
    return L::run(self, "commit", [&](P& p) {
      return p.P::commit(Ops(ops, count, op_stride), ResultSlots(results, count, result_stride));
    });
  }
  static std::int32_t maintain(void* self) noexcept {
    return guard(self_as<P>(self).table(), "maintain", 0,
                 [&] { return self_as<P>(self).P::maintain() ? 1 : 0; });
  }
  static crawlhub_status query(void* self, std::uint32_t lane, std::uint32_t kind, crawlhub_str parameters,
                               crawlhub_sink sink, void* context) noexcept {
    return L::run(self, "query",
                  [&](P& p) { return p.P::query(lane, kind, view(parameters), Sink(sink, context)); });
  }
  static crawlhub_str durability(void* self) noexcept { return str(self_as<P>(self).P::durability()); }

  static constexpr crawlhub_storage make() {
    crawlhub_storage table{};
    L::fill(table);
    table.commit = &commit;
    if constexpr (kOverrides<&P::maintain, &Storage::maintain>) table.maintain = &maintain;
    table.query = &query;
    table.durability = &durability;
    return table;
  }
  static constexpr crawlhub_storage value = make();
};

}  // namespace detail

}  // namespace crawlhub::inline sdk
