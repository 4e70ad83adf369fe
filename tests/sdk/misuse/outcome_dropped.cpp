#include <crawlhub/call.hpp>
#pragma GCC diagnostic error "-Wunused-result"

void answer(const crawlhub::Token& token) {
#ifdef MISUSE
  token.accept();
#else
  static_cast<void>(token.accept());
#endif
}
