// The default backend: SQLite, with a journal of its own for what comes too often for it (README.md).
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <crawlhub/json_index.hpp>
#include <crawlhub/storage.hpp>

#include "reader.hpp"
#include "schema.hpp"
#include "writer.hpp"

namespace crawlhub::storage_sqlite {

namespace {

constexpr const char* kSchema = R"json({
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "path": {"type": "string", "minLength": 1, "x-env": "CRAWLHUB_DATABASE",
      "description": "The database file; relative to the config file. Default: crawlhub.db in the state directory."},
    "durability": {"enum": ["full", "relaxed"], "default": "full",
      "description": "full: what was acknowledged survives a power loss. relaxed: it survives the end of the process."},
    "journal": {"type": "string", "format": "size", "default": "128MiB",
      "description": "How much progress may wait on disk to be written to its rows; at least 1MiB."},
    "cache": {"type": "string", "format": "size", "default": "16MiB",
      "description": "Memory for pages of the database."}
  }
})json";

constexpr std::uint64_t kLeastJournal = 1 << 20;

}  // namespace

class StorageSqlite final : public Storage {
 public:
  using Storage::Storage;

  Outcome create(std::string_view config) override;
  Outcome start() override;
  Outcome stop(std::int64_t deadline_ns) override;
  Outcome probe(Sink findings) override;
  Outcome commit(Ops ops, ResultSlots results) override;
  bool maintain() override;
  Outcome query(std::uint32_t lane, std::uint32_t kind, std::string_view parameters, Sink sink) override;
  std::string_view durability() const override { return options_.full ? "full" : "relaxed"; }

 private:
  void open();

  Options options_;
  std::optional<ProcessLock> process_lock_;
  FairMutex mutex_;  // guards what writer_ points to, after start
  std::unique_ptr<Writer> writer_;
  std::vector<std::unique_ptr<Reader>> readers_;  // by lane; each is used in its own lane only
};

Outcome StorageSqlite::create(std::string_view config) {
  JsonIndex index;
  if (!config.empty() && !index.read(config))
    return host().error("storage-sqlite: the config must be a JSON object");
  const auto path = index.find("path").string();
  const std::filesystem::path base(path ? host().config_directory() : host().state_directory());
  options_.path = (base / path.value_or("crawlhub.db")).lexically_normal().string();
  options_.full = index.find("durability").string().value_or("full") != "relaxed";
  options_.journal = static_cast<std::uint64_t>(index.find("journal").integer().value_or(128 << 20));
  options_.cache = static_cast<std::uint64_t>(index.find("cache").integer().value_or(16 << 20));
  if (options_.journal < kLeastJournal) {
    return host().error("storage-sqlite: journal: ", options_.journal,
                        " bytes are too few, give at least 1MiB");
  }
  return Outcome::kOk;
}

Outcome StorageSqlite::start() {
  try {
    open();
    return Outcome::kOk;
  } catch (const StartError& error) {
    return host().error(error.what());
  } catch (const std::exception& error) {
    return host().error(options_.path, ": cannot open the database: ", error.what());
  }
}

void StorageSqlite::open() {
  process_lock_.emplace(options_.path);
  create_private_file(options_.path);
  migrate(*open_database(options_.path, Access::kWrite, options_.cache), options_.path, host().now_ns());
  const Host host = this->host();
  writer_ = std::make_unique<Writer>(
      options_, [host](std::int32_t level, const std::string& text) { host.log(level, text); },
      host.now_ns());
  readers_.resize(host.lane_count());
}

Outcome StorageSqlite::stop(std::int64_t) {
  const std::lock_guard lock(mutex_);
  readers_.clear();
  Outcome outcome = Outcome::kOk;
  try {
    if (writer_) writer_->close();
  } catch (const std::exception& error) {
    outcome = host().error(
        options_.path, ": could not be closed cleanly; the next start replays the journal: ", error.what());
  }
  writer_.reset();
  process_lock_.reset();
  return outcome;
}

Outcome StorageSqlite::probe(Sink findings) {
  if (const std::int64_t pid = locked_by(options_.path); pid != 0) {
    findings(options_.path + ": another hub uses this database (process " + std::to_string(pid) + ").");
    return Outcome::kFailed;
  }
  std::error_code error;
  if (!std::filesystem::exists(options_.path, error)) {
    const auto folder = std::filesystem::path(options_.path).parent_path();
    // A start makes the state directory.
    if (folder == host().state_directory() || std::filesystem::is_directory(folder, error))
      return Outcome::kOk;
    findings(options_.path + ": the folder does not exist; make it, and let the hub's user write in it.");
    return Outcome::kFailed;
  }
  try {
    const auto database = open_database(options_.path, Access::kRead, options_.cache);
    const int version = stored_schema_version(*database);
    if (const std::string problem = newer_schema(options_.path, version); !problem.empty()) {
      findings(problem);
      return Outcome::kFailed;
    }
    if (version < schema_version()) {
      findings(options_.path + ": a start will bring the database from schema version " +
               std::to_string(version) + " to " + std::to_string(schema_version()) + ".");
    }
  } catch (const std::exception& problem) {
    findings(options_.path + ": cannot read the database: " + problem.what());
    return Outcome::kFailed;
  }
  return Outcome::kOk;
}

Outcome StorageSqlite::commit(Ops ops, ResultSlots results) {
  const std::lock_guard lock(mutex_);
  return writer_->commit(ops, results) ? Outcome::kOk : Outcome::kFailed;
}

bool StorageSqlite::maintain() {
  const std::lock_guard lock(mutex_);
  return writer_->maintain(host().now_ns());
}

Outcome StorageSqlite::query(std::uint32_t lane, std::uint32_t kind, std::string_view parameters, Sink sink) {
  std::string answer;
  Outcome outcome;
  try {
    if (lane >= readers_.size()) throw std::out_of_range("there is no such lane");
    auto& reader = readers_[lane];
    if (!reader) {
      const std::lock_guard lock(mutex_);
      reader = std::make_unique<Reader>(options_.path, mutex_, writer_->store());
    }
    outcome = reader->query(kind, parameters, answer);
  } catch (const std::exception& error) {
    answer = options_.path + ": " + error.what();
    outcome = Outcome::kFailed;
  }
  sink(answer);
  return outcome;
}

}  // namespace crawlhub::storage_sqlite

CRAWLHUB_PLUGIN(crawlhub::storage_sqlite::StorageSqlite, .name = "storage-sqlite", .version = "1.0.0",
                .summary = "Keeps everything in a SQLite database, with a journal for what comes often.",
                .config_schema = crawlhub::storage_sqlite::kSchema, .flags = CRAWLHUB_MAY_UNLOAD)
