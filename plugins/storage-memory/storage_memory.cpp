// Keeps everything in memory and loses it at a stop: for tests, and as the reference for other backends.
#include <mutex>

#include <crawlhub/storage.hpp>
#include <crawlhub/storage_model/engine.hpp>

#include "memory_queries.hpp"
#include "memory_store.hpp"

namespace crawlhub::storage_memory {

class StorageMemory final : public Storage {
 public:
  using Storage::Storage;

  Outcome start() override { return Outcome::kOk; }
  Outcome stop(std::int64_t) override { return Outcome::kOk; }

  Outcome commit(Ops ops, ResultSlots results) override {
    const std::lock_guard lock(mutex_);
    engine_.begin_batch();
    for (std::size_t i = 0; i < ops.size(); ++i) engine_.apply(ops[i], results[i]);
    return Outcome::kOk;
  }
  bool maintain() override {
    const std::lock_guard lock(mutex_);
    return engine_.tidy(host().now_ns());
  }
  Outcome query(std::uint32_t, std::uint32_t kind, std::string_view parameters, Sink sink) override {
    std::string answer;
    Outcome outcome;
    {
      const std::lock_guard lock(mutex_);
      outcome = answer_query(store_, kind, parameters, answer);
    }
    sink(answer);
    return outcome;
  }
  std::string_view durability() const override { return "none"; }

 private:
  std::mutex mutex_;  // guards store_ and engine_
  MemoryStore store_;
  Engine<MemoryStore> engine_{store_};
};

}  // namespace crawlhub::storage_memory

CRAWLHUB_PLUGIN(crawlhub::storage_memory::StorageMemory, .name = "storage-memory", .version = "1.0.0",
                .summary = "Keeps everything in memory and loses it at a stop; for tests.",
                .flags = CRAWLHUB_MAY_UNLOAD)
