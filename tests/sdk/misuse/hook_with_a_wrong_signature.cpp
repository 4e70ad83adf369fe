#include <crawlhub/handler.hpp>

struct Plugin final : crawlhub::Handler {
  using Handler::Handler;
#ifdef MISUSE
  void tick(crawlhub::Call&) override {}
#else
  void tick(crawlhub::Call&, crawlhub::Connection) override {}
#endif
};
CRAWLHUB_PLUGIN(Plugin, .name = "handler-x", .version = "1", .summary = "x")
