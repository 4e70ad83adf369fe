#include <crawlhub/handler.hpp>

struct Other {
  void done(crawlhub::Call&, crawlhub::Results) {}
};

struct Plugin final : crawlhub::Handler {
  using Handler::Handler;
  void done(crawlhub::Call&, crawlhub::Results) {}
  crawlhub::Outcome handle(crawlhub::Call& call, const crawlhub::Message&) override {
#ifdef MISUSE
    return call.submit_then<&Other::done>(ops_);
#else
    return call.submit_then<&Plugin::done>(ops_);
#endif
  }
  crawlhub::OpBuilder ops_;
};
