// handler-sample: answers "sample" {name} with "sample_reply" {text}.
#include <string>
#include <string_view>

#include <crawlhub/handler.hpp>
#include <crawlhub/json_index.hpp>
#include <crawlhub/json_text.hpp>

namespace {

using namespace crawlhub;

constexpr char kConfigSchema[] = R"({
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "greeting": {"type": "string", "default": "Hello", "description": "What stands before the name."}
  }
})";

class Sample final : public Handler {
 public:
  using Handler::Handler;

  Outcome create(std::string_view config) override {
    greeting_ = JsonIndex(config).find("greeting").string().value_or("Hello");
    return host().add_type("sample");
  }

  Outcome handle(Call& call, const Message& message) override {
    const auto name = message.data().find("name").string();
    if (!name) return call.fail(CRAWLHUB_E_MISSING_FIELD, "data.name is missing, or is no string");
    JsonText answer;
    answer.begin_object().field("text", join(greeting_, ", ", *name)).end_object();
    return call.reply("sample_reply", message.job_id(), answer);
  }

 private:
  std::string greeting_;  // written in create only, so that all lanes may read it
};

}  // namespace

CRAWLHUB_PLUGIN(Sample, .name = "handler-sample", .version = "0.1.0", .summary = "Greets who sends a name.",
                .config_schema = kConfigSchema, .flags = CRAWLHUB_MAY_UNLOAD)
