#include "host/commands/error_commands.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "host/core/thread_pool.hpp"
#include "host/events/bus.hpp"
#include "host/observe/log.hpp"

using namespace crawlhub;
using nlohmann::json;

namespace {

struct Hub {
  Hub() {
    Logger::Options options;
    options.level = LogLevel::off;
    logger.emplace(options);
    errors.emplace(ErrorManager::Options{}, *logger, bus, pool);
    REQUIRE(add_error_commands(registry, *errors, [this](std::string_view parameters) -> Result<std::string> {
              asked = parameters;
              if (outage) return Status(CRAWLHUB_E_QUERY_FAILED, "the storage is away");
              return std::string(R"({"errors":[],"next":null})");
            }).ok());
  }
  EventBus bus;
  ThreadPool pool{{}};
  std::optional<Logger> logger;
  std::optional<ErrorManager> errors;
  CommandRegistry registry;
  std::string asked;
  bool outage = false;
};

}  // namespace

TEST_CASE("errors asks the storage, with the filters that were given") {
  Hub hub;
  CHECK(hub.registry.execute("errors", R"({"severity":"high","jobId":"job_1"})").text ==
        R"({"errors":[],"next":null})");
  CHECK(json::parse(hub.asked) == json({{"limit", 50}, {"severity", "high"}, {"jobId", "job_1"}}));
  CHECK(hub.registry.execute("errors", R"({"category":"nonsense"})").code == CRAWLHUB_E_BAD_ARGUMENT);
  hub.outage = true;
  const CommandAnswer answer = hub.registry.execute("errors", "");
  CHECK(answer.code == CRAWLHUB_E_QUERY_FAILED);
  CHECK(answer.text == "the storage is away");
}

TEST_CASE("errors.stats answers what the manager counted") {
  Hub hub;
  ErrorRecord record;
  record.code = CRAWLHUB_E_NOT_JSON;
  hub.errors->raise(record);
  hub.errors->flush();
  const CommandAnswer answer = hub.registry.execute("errors.stats", "");
  REQUIRE(answer.code == 0);
  CHECK(json::parse(answer.text)["totalErrors"] == 1);
}
