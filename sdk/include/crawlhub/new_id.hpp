// New ids for jobs and the like.
#pragma once

#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include <sys/random.h>

namespace crawlhub::inline sdk {

// Makes ids of 26 characters of a-z and 0-9: ten of time, so that ids of one hub sort by their age and
// databases append them, and sixteen that are random (80 bits). The kernel is asked for bytes once in 48 ids.
// Thread: one at a time (PerLane<IdMaker>).
class IdMaker {
 public:
  // now_ns: wall clock. Errors: std::system_error where the kernel gives no random bytes.
  std::string next(std::int64_t now_ns) {
    constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";  // without i, l, o, u
    std::string id(26, '0');
    auto milliseconds = static_cast<std::uint64_t>(now_ns) / 1'000'000;
    for (std::size_t i = 10; i-- > 0; milliseconds >>= 5) id[i] = kDigits[milliseconds & 31];
    for (std::size_t i = 10; i < id.size(); ++i) id[i] = kDigits[random_byte() & 31];
    return id;
  }

 private:
  std::uint8_t random_byte() {
    if (used_ == bytes_.size()) {
      // At most 256 bytes come whole, and without waiting once the system has started.
      for (std::size_t i = 0; i < bytes_.size(); i += 256) fill(bytes_.data() + i);
      used_ = 0;
    }
    return bytes_[used_++];
  }
  static void fill(std::uint8_t* bytes) {
    if (::getrandom(bytes, 256, 0) != 256)
      throw std::system_error(errno, std::generic_category(), "getrandom");
  }

  std::array<std::uint8_t, 768> bytes_{};
  std::size_t used_ = sizeof bytes_;
};

}  // namespace crawlhub::inline sdk
