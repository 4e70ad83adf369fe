#include "schema.hpp"

#include <cstdint>

#include <SQLiteCpp/Transaction.h>

#include "database_file.hpp"
#include "sql.hpp"

namespace crawlhub::storage_sqlite {

namespace {

struct Migration {
  const char* what;
  const char* sql;
};

// One entry a version, the first makes version 1. What was released is never changed: add an entry.
//
// Times are nanoseconds since 1970 UTC. Texts that come again and again are numbers of the table name. queue
// says in which of the partial indexes a job stands, as storage_model/job.hpp numbers them.
constexpr Migration kMigrations[] = {
    {"the first tables", R"sql(
CREATE TABLE batch (           -- one row: what the journal need not replay
  id INTEGER PRIMARY KEY CHECK (id = 1),
  number INTEGER NOT NULL,     -- of the newest batch whose transitions are here
  record INTEGER NOT NULL      -- number of the newest record of the journal at that time
);
INSERT INTO batch VALUES (1, 0, 0);

CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);

CREATE TABLE job (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  state INTEGER NOT NULL,
  former_state INTEGER NOT NULL,
  queue INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  run_at INTEGER NOT NULL,
  lease_end INTEGER NOT NULL,
  lease INTEGER NOT NULL,
  connection INTEGER NOT NULL,
  hub INTEGER NOT NULL,
  incarnation INTEGER NOT NULL,
  crawler TEXT,
  started INTEGER NOT NULL,
  finished INTEGER NOT NULL,
  record INTEGER NOT NULL,     -- number of the newest record of the journal that is in this row
  progress TEXT,
  resume_state TEXT,
  error TEXT,
  error_type TEXT,
  detail TEXT,
  entity_type INTEGER NOT NULL,
  account INTEGER NOT NULL,
  provider INTEGER NOT NULL,
  url INTEGER NOT NULL,
  created INTEGER NOT NULL,
  root_row INTEGER NOT NULL,
  unique_in INTEGER NOT NULL,  -- root_row; 0 for a root, since roots share their unique keys
  root TEXT NOT NULL,
  spawned_from TEXT,
  entity_id TEXT,
  unique_key TEXT,
  gitlab_id TEXT,
  name TEXT,
  command TEXT,
  data TEXT
);
CREATE UNIQUE INDEX job_unique ON job (unique_in, unique_key) WHERE unique_key IS NOT NULL;
CREATE INDEX job_listed ON job (account, entity_type, state);
CREATE INDEX job_ready ON job (entity_type, priority DESC) WHERE queue = 1;
CREATE INDEX job_waiting ON job (run_at) WHERE queue = 2;
CREATE INDEX job_blocked ON job (account) WHERE queue = 3;
CREATE INDEX job_spent ON job (run_at) WHERE queue = 4;
CREATE INDEX job_expired ON job (account) WHERE queue = 5;

CREATE TABLE job_count (       -- jobs by account, entity type and state
  account INTEGER NOT NULL,
  entity_type INTEGER NOT NULL,
  state INTEGER NOT NULL,
  jobs INTEGER NOT NULL,
  PRIMARY KEY (account, entity_type, state)
) WITHOUT ROWID;
CREATE TABLE item_count (      -- kind 1: items of jobs, 2: areas, 3: entities
  kind INTEGER NOT NULL,
  type INTEGER NOT NULL,
  items REAL NOT NULL,
  PRIMARY KEY (kind, type)
) WITHOUT ROWID;

CREATE TABLE account (
  name TEXT PRIMARY KEY,
  provider TEXT,
  url TEXT,
  token TEXT,                  -- encrypted by the handler
  data TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE area (
  row INTEGER PRIMARY KEY,
  gitlab_id TEXT NOT NULL,
  type INTEGER NOT NULL,
  full_path TEXT NOT NULL,
  name TEXT,
  parent_id TEXT,
  created INTEGER NOT NULL,
  UNIQUE (gitlab_id, type)
);
CREATE TABLE area_account (
  area INTEGER NOT NULL,
  account INTEGER NOT NULL,
  PRIMARY KEY (area, account)
) WITHOUT ROWID;

CREATE TABLE entity (
  entity_type INTEGER NOT NULL,
  id TEXT NOT NULL,
  name TEXT,
  path TEXT,
  parent_id TEXT,
  job TEXT,
  created INTEGER NOT NULL,
  PRIMARY KEY (entity_type, id)
) WITHOUT ROWID;

CREATE TABLE error (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  time INTEGER NOT NULL,
  code INTEGER NOT NULL,
  category INTEGER NOT NULL,
  severity INTEGER NOT NULL,
  message TEXT,
  details TEXT,
  stack TEXT,
  connection TEXT,
  job TEXT,
  crawler TEXT,
  account TEXT
);
CREATE INDEX error_category ON error (category);
CREATE INDEX error_severity ON error (severity);
CREATE INDEX error_job ON error (job) WHERE job IS NOT NULL;
)sql"},
};

}  // namespace

int schema_version() {
  return static_cast<int>(std::size(kMigrations));
}

int stored_schema_version(SQLite::Database& database) {
  if (!database.tableExists("schema_version")) return 0;
  return database.execAndGet("SELECT coalesce(max(version), 0) FROM schema_version").getInt();
}

std::string newer_schema(const std::string& path, int version) {
  if (version <= schema_version()) return "";
  return path + ": the database has schema version " + std::to_string(version) +
         ", and this crawlhub knows up to " + std::to_string(schema_version()) +
         ". Install the newer crawlhub again, or restore a backup from before it.";
}

void migrate(SQLite::Database& database, const std::string& path, std::int64_t now_ns) {
  int version = stored_schema_version(database);
  if (const std::string problem = newer_schema(path, version); !problem.empty()) throw StartError(problem);
  if (version == schema_version()) return;
  SQLite::Transaction transaction(database);
  database.exec(
      "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, migrated INTEGER NOT NULL, "
      "what TEXT NOT NULL)");
  for (; version < schema_version(); ++version) {
    database.exec(kMigrations[version].sql);
    Sql(database, "INSERT INTO schema_version VALUES (?, ?, ?)")
        .run(version + 1, now_ns, std::string_view(kMigrations[version].what));
  }
  transaction.commit();
}

}  // namespace crawlhub::storage_sqlite
