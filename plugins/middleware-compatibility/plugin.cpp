// middleware-compatibility: lets crawlers of the older dialect speak to the hub, and answers them in their
// spelling.
#include <crawlhub/lanes.hpp>
#include <crawlhub/middleware.hpp>

#include "translator.hpp"

namespace crawlhub::compatibility {
namespace {

class Compatibility final : public Middleware {
 public:
  using Middleware::Middleware;

  Outcome before(Call& call, const Message& message) override {
    const std::uint32_t spelling = translator_.spelling(message.raw());
    if (spelling == 0) return Outcome::kOk;
    JsonText& text = texts_.of(message.connection().lane());
    text.clear();
    translator_.translate(message.raw(), spelling, text);
    return call.replace(text, spelling);
  }

  Outcome after(const Outgoing& message) override {
    if ((message.tag() & kOlderEnvelope) == 0) return Outcome::kOk;
    JsonText& text = texts_.of(message.connection().lane());
    text.clear();
    const bool differs = translate_answer(message.type(), message.data_json(), text);
    message.replace("job_id", message.type(), message.job_id(), differs ? text.view() : message.data_json());
    return Outcome::kOk;
  }

 private:
  const Translator translator_;
  PerLane<JsonText> texts_{host()};
};

}  // namespace
}  // namespace crawlhub::compatibility

CRAWLHUB_PLUGIN(
    crawlhub::compatibility::Compatibility, .name = "middleware-compatibility", .version = "1.0.0",
    .summary = "Translates the older dialect of the protocol, message by message and field by field.",
    .flags = CRAWLHUB_MAY_UNLOAD)
