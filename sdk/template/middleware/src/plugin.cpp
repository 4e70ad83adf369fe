// middleware-sample: refuses messages of the types that the config names.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <crawlhub/json_index.hpp>
#include <crawlhub/middleware.hpp>

namespace {

using namespace crawlhub;

constexpr char kConfigSchema[] = R"({
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "deny": {"type": "array", "items": {"type": "string"}, "default": [],
             "description": "Message types that are refused."}
  }
})";

class Sample final : public Middleware {
 public:
  using Middleware::Middleware;

  Outcome create(std::string_view config) override {
    const JsonIndex types(JsonIndex(config).find("deny").raw());
    for (const Member type : types.members()) deny_.push_back(type.string().value_or(""));
    return Outcome::kOk;
  }

  Outcome before(Call& call, const Message& message) override {
    if (std::find(deny_.begin(), deny_.end(), message.type()) == deny_.end()) return Outcome::kOk;
    return call.fail(CRAWLHUB_E_FORBIDDEN, join(message.type(), " is not taken here"));
  }

 private:
  std::vector<std::string> deny_;  // written in create only, so that all lanes may read it
};

}  // namespace

CRAWLHUB_PLUGIN(Sample, .name = "middleware-sample", .version = "0.1.0",
                .summary = "Refuses messages by type.", .config_schema = kConfigSchema,
                .flags = CRAWLHUB_MAY_UNLOAD)
