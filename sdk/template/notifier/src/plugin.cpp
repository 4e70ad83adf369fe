// notifier-sample: appends a line for each notice to a file.
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <string_view>

#include <crawlhub/json_index.hpp>
#include <crawlhub/notifier.hpp>

namespace {

using namespace crawlhub;

constexpr char kConfigSchema[] = R"({
  "type": "object",
  "additionalProperties": false,
  "required": ["file"],
  "properties": {
    "file": {"type": "string", "minLength": 1,
             "description": "The file; a relative path starts at the config's folder."}
  }
})";

class Sample final : public Notifier {
 public:
  using Notifier::Notifier;

  Outcome create(std::string_view config) override {
    const std::string name = JsonIndex(config).find("file").string().value_or("");
    file_ = std::filesystem::path(host().config_directory()) / name;
    return Outcome::kOk;
  }

  Outcome start() override {
    return append("") ? Outcome::kOk : host().error("cannot write to ", file_.string());
  }

  Outcome notify(const Notice& notice) override {
    const std::string line = join(notice.recovered() ? "recovered: " : "raised: ", notice.message(), " (",
                                  notice.count(), " times, code ", notice.code(), ")\n");
    return append(line) ? Outcome::kOk : host().error("cannot write to ", file_.string());
  }

 private:
  bool append(const std::string& line) {
    const std::scoped_lock lock(mutex_);
    std::ofstream out(file_, std::ios::app);
    out << line << std::flush;
    return out.good();
  }

  std::mutex mutex_;  // notices may come at once
  std::filesystem::path file_;
};

}  // namespace

CRAWLHUB_PLUGIN(Sample, .name = "notifier-sample", .version = "0.1.0", .summary = "Writes notices to a file.",
                .config_schema = kConfigSchema, .flags = CRAWLHUB_MAY_UNLOAD)
