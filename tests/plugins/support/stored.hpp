// A plugin with a real storage behind it: what it submits is committed by storage-memory, and its queries are
// answered.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>
#include <stdlib.h>

#include <crawlhub/testing/plugin_harness.hpp>

namespace crawlhub::test {

using nlohmann::json;
using testing::Crawler;
using testing::Exchange;
using testing::PluginHarness;
using testing::RecordedOp;
using testing::ScriptedResult;

// A directory of this test's own, removed at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string path = (std::filesystem::temp_directory_path() / "crawlhub-test-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = path;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class Storage {
 public:
  Storage() : plugin_(STORAGE_FILE) {
    if (!plugin_.start("{}")) throw std::runtime_error("storage-memory does not start");
  }

  // Puts it behind a plugin's host. It must outlive the plugin.
  void serve(PluginHarness& plugin) {
    plugin.host().on_op = [this](const RecordedOp& op) { return commit(op); };
    plugin.host().on_query = [this](std::uint32_t kind, std::string_view parameters) {
      return query(kind, parameters);
    };
  }
  Answer query(std::uint32_t kind, std::string_view parameters) {
    Answer answer;
    answer.outcome = Outcome{
        plugin_.storage()->query(plugin_.self(), 0, kind, str(parameters), append_to_string, &answer.text)};
    return answer;
  }
  json job(const std::string& id) {
    return json::parse(query(CRAWLHUB_QUERY_JOB_GET, json{{"id", id}}.dump()).text);
  }

 private:
  ScriptedResult commit(const RecordedOp& recorded) {
    crawlhub_op op{};
    op.struct_size = sizeof op;
    op.kind = recorded.kind;
    op.flags = recorded.flags;
    op.body_size = static_cast<std::uint32_t>(recorded.bytes.size());
    op.key = str(recorded.key);
    op.body = recorded.bytes.data();
    crawlhub_result result{};
    result.struct_size = sizeof result;
    plugin_.storage()->commit(plugin_.self(), &op, 1, sizeof op, &result, sizeof result);
    const char* body = static_cast<const char*>(result.body);
    return {result.status,
            result.code,
            result.number,
            std::string(view(result.text)),
            {body, body + result.body_size}};
  }

  PluginHarness plugin_;
};

}  // namespace crawlhub::test
