// Loads a backend and commits operations through its C table.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/flat.hpp>
#include <crawlhub/json.hpp>
#include <crawlhub/ops.hpp>
#include <crawlhub/testing/plugin_harness.hpp>
#include <crawlhub/testing/temporary_directory.hpp>

namespace crawlhub::inline sdk::testing {

// A backend broke the contract; says how.
class ContractBroken : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

inline void demand(bool met, std::string_view what) {
  if (!met) throw ContractBroken(std::string(what));
}
template <class A, class B>
void demand_same(const A& seen, const B& wanted, std::string_view what) {
  if (seen == wanted) return;
  throw ContractBroken(std::string(what) + ": " + nlohmann::json(seen).dump() + " instead of " +
                       nlohmann::json(wanted).dump());
}

// Large answers: only what differs is told, as a JSON patch.
inline void demand_equal(const nlohmann::json& seen, const nlohmann::json& wanted, std::string_view what) {
  if (seen != wanted)
    throw ContractBroken(std::string(what) + ": " + nlohmann::json::diff(seen, wanted).dump());
}

// The outcome of one operation, copied.
struct Told {
  std::int32_t status = 0, code = 0;
  std::uint64_t number = 0;
  std::string text;
  std::vector<std::uint64_t> body;  // aligned
  std::size_t body_size = 0;

  bool accepted() const { return status == CRAWLHUB_RESULT_OK || status == CRAWLHUB_RESULT_DUPLICATE; }
  template <class T>
  Body<T> as() const {
    return Body<T>(body.data(), body_size);
  }
};

// A job of a claim's result.
struct ClaimedJob {
  std::string id, entity_type, url, token, resume_state;
  std::uint64_t lease = 0;
  std::uint32_t attempts = 0;
};

// Who sends: a crawler on a connection.
struct Sender {
  std::uint64_t connection = 1;
  std::string crawler;  // empty: said no hello
  std::string incarnation = "first";
};

using EventEdit = std::function<void(OpBody<crawlhub_job_event>&)>;

// One instance of the backend, in a folder of its own. Time stands still but for what the test adds to now.
// Thread: one.
class OperationDriver {
 public:
  // file: the plugin. config: JSON without the path of the data, which the backend puts into the state
  // directory. folder: for its data; empty: a temporary one of its own. Errors: ContractBroken where it does
  // not start.
  explicit OperationDriver(const std::string& file, std::string config = "{}",
                           std::filesystem::path folder = {})
      : folder_(folder.empty() ? own_folder_.path() : std::move(folder)),
        config_(std::move(config)),
        plugin_(file) {
    plugin_.host().state_directory = plugin_.host().config_directory = folder_.string();
    open();
  }

  std::int64_t now = 1'700'000'000'000'000'000;
  static constexpr std::int64_t kSecond = 1'000'000'000;
  static constexpr std::string_view kHub = "hub-a";

  PluginHarness& plugin() noexcept { return plugin_; }
  const std::filesystem::path& folder() const noexcept { return folder_; }

  void restart() {
    demand(plugin_.stop(), "stop: the backend failed");
    open();
  }

  // ---- operations, gathered and committed ----

  OpBuilder& ops() noexcept { return ops_; }
  // Commits what was gathered. chained: as one submission; else each is one of its own.
  std::vector<Told> commit(bool chained = false) {
    const auto list = ops_.ops();
    std::vector<crawlhub_op> batch(list.begin(), list.end());
    std::vector<crawlhub_result> raw(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      batch[i].submission = chained ? 1 : i + 1;
      raw[i].struct_size = sizeof raw[i];
    }
    plugin_.storage()->commit(plugin_.self(), batch.data(), batch.size(), sizeof(crawlhub_op), raw.data(),
                              sizeof(crawlhub_result));
    std::vector<Told> told;
    for (const crawlhub_result& result : raw) told.push_back(copy(result));
    ops_.clear();
    return told;
  }
  Told commit_one() { return commit().at(0); }
  // Lets the backend do all its housekeeping.
  void settle() {
    plugin_.host().now_ns = now;
    while (plugin_.storage()->maintain != nullptr && plugin_.storage()->maintain(plugin_.self()) != 0) {
    }
  }

 protected:
  void open() {
    plugin_.host().now_ns = now;
    if (plugin_.start(config_)) return;
    std::string said;
    for (const LogLine& line : plugin_.host().logs) said += line.text + "; ";
    throw ContractBroken("start: the backend failed: " + said);
  }
  static Told copy(const crawlhub_result& result) {
    Told told{result.status,   result.code, result.number, std::string(view(result.text)), {},
              result.body_size};
    told.body.resize((result.body_size + 7) / 8);
    if (result.body_size != 0) std::memcpy(told.body.data(), result.body, result.body_size);
    return told;
  }

  TemporaryDirectory own_folder_;
  std::filesystem::path folder_;
  std::string config_;
  PluginHarness plugin_;
  OpBuilder ops_;
};

}  // namespace crawlhub::inline sdk::testing
