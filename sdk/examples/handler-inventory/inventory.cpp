// What crawlers tell of the machines that they run on: an example with one of each thing that a handler can
// do.
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <crawlhub/handler.hpp>
#include <crawlhub/json_index.hpp>
#include <crawlhub/json_text.hpp>
#include <crawlhub/lanes.hpp>

#include "resolver.hpp"

using namespace crawlhub;

namespace {

constexpr char kConfigSchema[] = R"({
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "most_lookups": {"type": "integer", "minimum": 1, "default": 100, "description": "Lookups that may wait."}
  }
})";

struct Machine {
  std::string name;
  std::int64_t cpus = 0;
};

// The numbers that add_type is given: a switch is faster than comparing types again.
enum Route : std::uint32_t { kMachine = 1, kAccount, kLookup, kProgress };

class Inventory final : public Handler {
 public:
  using Handler::Handler;

  Outcome create(std::string_view config) override {
    const JsonIndex settings(config);
    resolver_ = std::make_unique<Resolver>(settings.find("most_lookups").integer().value_or(100));

    const Outcome registered[] = {
        host().add_type("machine", 0, kMachine),
        host().add_type("machine_account", 0, kAccount),
        host().add_type("machine_lookup", 0, kLookup),
        host().add_type("job_progress", CRAWLHUB_TYPE_OBSERVE, kProgress),
        host().add_section<&Inventory::status>(CRAWLHUB_SECTION_STATUS, "inventory"),
        host().add_section<&Inventory::metrics>(CRAWLHUB_SECTION_METRICS, "inventory"),
        host().add_command<&Inventory::list>(
            {.name = "inventory.list",
             .summary = "The machines of the crawlers that are connected.",
             .role = "monitor",
             .columns = R"({"list":"machines","columns":[{"title":"Connection","path":"connection"},
                           {"title":"Name","path":"name"},{"title":"CPUs","path":"cpus"}]})",
             .read_only = true}),
    };
    for (const Outcome outcome : registered) {
      if (!ok(outcome)) return host().error("a type, section or command cannot be registered");
    }
    return Outcome::kOk;
  }

  Outcome start() override {
    resolver_->start();
    return Outcome::kOk;
  }

  Outcome stop(std::int64_t) override {
    resolver_->stop();
    return Outcome::kOk;
  }

  Outcome handle(Call& call, const Message& message) override {
    switch (message.route()) {
      case kMachine:
        return keep_machine(call, message);
      case kAccount:
        return store_account(call, message);
      case kLookup:
        return look_up(call, message);
      default:
        return Outcome::kDeclined;
    }
  }

  void observe(Observations list) override {
    for (const Observation seen : list) {
      if (seen.accepted()) progress_.fetch_add(1, std::memory_order_relaxed);
    }
  }

  void disconnected(Call& call, Connection connection, std::string_view) override {
    if (!call.take_slot<Machine>()) return;
    const std::scoped_lock lock(mutex_);
    machines_.erase(connection.id());
  }

 private:
  // State of a connection: its slot is this connection's alone, so it needs no lock; the table for the
  // command does.
  Outcome keep_machine(Call& call, const Message& message) {
    const auto name = message.data().find("name").string();
    if (!name) return call.fail(CRAWLHUB_E_MISSING_FIELD, "data.name is missing, or is no string");
    Machine& machine = call.make_slot<Machine>();
    machine.name = *name;
    machine.cpus = message.data().find("cpus").integer().value_or(0);
    const std::scoped_lock lock(mutex_);
    machines_[message.connection().id()] = machine;
    return Outcome::kOk;
  }

  // Storage: the answer is made from the result, never before it.
  Outcome store_account(Call& call, const Message& message) {
    const Member account = message.data().find("account"), url = message.data().find("url");
    if (!account.is(CRAWLHUB_JSON_STRING) || !url.is(CRAWLHUB_JSON_STRING)) {
      return call.fail(CRAWLHUB_E_MISSING_FIELD, "data.account and data.url are strings");
    }
    OpBuilder& ops = ops_.of(message.connection().lane());
    ops.clear();
    auto put = ops.add<crawlhub_account_put>(CRAWLHUB_OP_ACCOUNT_PUT, 0, *account.string());
    put->now_ns = message.time_ns();
    put.text(&crawlhub_account_put::url, url);
    return call.submit_then<&Inventory::account_stored>(ops, std::make_unique<std::string>(message.job_id()));
  }

  void account_stored(Call& call, Results results, std::unique_ptr<std::string> job_id) {
    if (const crawlhub_result* refused = first_refused(results)) {
      static_cast<void>(call.fail(refused->code, view(refused->text)));
      return;
    }
    // Where the crawler has gone meanwhile, the call is empty: reply says kGone, and nothing is lost.
    static_cast<void>(call.reply("machine_account_stored", *job_id, "{}"));
  }

  // What waits happens elsewhere; the token brings the answer back.
  Outcome look_up(Call& call, const Message& message) {
    const auto name = message.data().find("host").string();
    if (!name) return call.fail(CRAWLHUB_E_MISSING_FIELD, "data.host is missing, or is no string");
    const Token token = call.defer();
    if (!token || !resolver_->resolve(token, std::string(message.job_id()), *name)) {
      return token ? busy(token) : call.fail(CRAWLHUB_E_RATE_LIMITED, "too many lookups wait");
    }
    return Outcome::kPending;
  }
  static Outcome busy(const Token& token) {
    static_cast<void>(token.refuse(CRAWLHUB_E_RATE_LIMITED, "too many lookups wait"));
    return Outcome::kPending;
  }

  std::string status() {
    const std::scoped_lock lock(mutex_);
    JsonText json;
    json.begin_object().field("machines", machines_.size()).field("progress", progress_.load()).end_object();
    return json.take();
  }
  std::string metrics() {
    return join("inventory_progress_total\tcounter\tProgress reports that were accepted\t\t",
                progress_.load(), "\n");
  }
  Outcome list(CommandCall& call, std::string_view) {
    JsonText json;
    json.begin_object().key("machines").begin_array();
    const std::scoped_lock lock(mutex_);
    for (const auto& [connection, machine] : machines_) {
      json.begin_object().field("connection", connection).field("name", machine.name);
      json.field("cpus", machine.cpus).end_object();
    }
    return call.reply(json.end_array().end_object());
  }

  PerLane<OpBuilder> ops_{host()};
  std::unique_ptr<Resolver> resolver_;
  std::atomic<std::uint64_t> progress_ = 0;
  std::mutex mutex_;  // guards machines_
  std::map<std::uint64_t, Machine> machines_;
};

}  // namespace

CRAWLHUB_PLUGIN(Inventory, .name = "handler-inventory", .version = "1.0.0",
                .summary = "Keeps what crawlers tell of their machines.", .config_schema = kConfigSchema,
                .flags = CRAWLHUB_MAY_UNLOAD)
