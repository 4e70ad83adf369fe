// What functions of a plugin and of the host return.
#pragma once

#include <cstdint>
#include <initializer_list>

#include <crawlhub/abi/errors.h>
#include <crawlhub/abi/types.h>

namespace crawlhub::inline sdk {

// crawlhub_status as a type of its own. The comments of each hook say which of them it may return.
enum class [[nodiscard]] Outcome : std::int32_t{
    kOk = CRAWLHUB_OK,              // done
    kDeclined = CRAWLHUB_DECLINED,  // not mine: the next handler by priority is asked
    kRefused = CRAWLHUB_REFUSED,    // refused; the reason was given with fail()
    kPending = CRAWLHUB_PENDING,    // taken; the outcome follows from a token
    kReplaced = CRAWLHUB_REPLACED,  // middleware: go on with what was given to replace()
    kFailed = CRAWLHUB_FAILED,      // something is wrong; the reason was given with fail() or log
    kGone = CRAWLHUB_GONE,          // the token, call or connection no longer exists
    kInvalid = CRAWLHUB_INVALID,    // an argument breaks the rules; nothing was done
    kBusy = CRAWLHUB_BUSY,          // a bound was met; nothing was done
};

constexpr bool ok(Outcome outcome) noexcept {
  return outcome == Outcome::kOk;
}
constexpr crawlhub_status raw(Outcome outcome) noexcept {
  return static_cast<crawlhub_status>(outcome);
}

// The first that is not kOk; kOk where all are. For several registrations in create:
//   return first_failure({host().add_type("a"), host().add_type("b")});
constexpr Outcome first_failure(std::initializer_list<Outcome> outcomes) noexcept {
  for (const Outcome outcome : outcomes) {
    if (!ok(outcome)) return outcome;
  }
  return Outcome::kOk;
}

}  // namespace crawlhub::inline sdk
