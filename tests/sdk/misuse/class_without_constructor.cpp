#include <crawlhub/notifier.hpp>

struct Plugin final : crawlhub::Notifier {
#ifdef MISUSE
  Plugin() : Notifier(crawlhub::Host(nullptr)) {}
#else
  using Notifier::Notifier;
#endif
  crawlhub::Outcome notify(const crawlhub::Notice&) override {
    return crawlhub::Outcome::kOk;
  }
};
CRAWLHUB_PLUGIN(Plugin, .name = "notifier-x", .version = "1", .summary = "x")
